// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A sentence with places for what changes from case to case: `order {order} has not ended, it is {stage*}`.
///
/// A place takes any text that is not empty and no beginning of a further part of the sentence (`: `, `; `); `{n#}` takes digits alone;
/// `{words~}` takes what others have said, whatever stands in it; `{why*}` takes text that is said in the reader's language itself where
/// it is known. No two places touch.
struct SentencePattern: Sendable {
    enum Kind: Sendable {
        case any, number, foreign, sentence

        init(_ mark: Character?) {
            self =
                switch mark {
                case "*": .sentence
                case "#": .number
                case "~": .foreign
                default: .any
                }
        }
    }

    struct Place: Sendable {
        let name: String
        let kind: Kind
    }

    /// One more than there are places: what stands before, between and behind them.
    let literals: [[UInt8]]
    let places: [Place]
    /// How much of a sentence is told by it alone: of two that fit the one with more says it better.
    let weight: Int

    /// - Returns: nil for braces that do not close, places that touch, and names used twice.
    init?(_ text: String) {
        var literals: [[UInt8]] = [[]]
        var places: [Place] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            literals[literals.count - 1] += rest[..<open].utf8
            guard let close = rest[open...].firstIndex(of: "}") else { return nil }
            var name = rest[rest.index(after: open)..<close]
            let kind = Kind(name.last)
            if kind != .any { name = name.dropLast() }
            guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber }),
                places.isEmpty || !literals[literals.count - 1].isEmpty, !places.contains(where: { $0.name == name })
            else { return nil }
            places.append(Place(name: String(name), kind: kind))
            literals.append([])
            rest = rest[rest.index(after: close)...]
        }
        literals[literals.count - 1] += rest.utf8
        self.literals = literals
        self.places = places
        weight = literals.reduce(0) { $0 + $1.count }
    }

    /// What stands in the places; nil for another sentence. Linear in the length: each literal is taken where it stands first.
    func values(in text: [UInt8]) -> [ArraySlice<UInt8>]? {
        // Every value has a byte at least.
        guard text.count >= weight + places.count, text.starts(with: literals[0]) else { return nil }
        guard !places.isEmpty else { return text.count == weight ? [] : nil }
        var values: [ArraySlice<UInt8>] = []
        var start = literals[0].count
        for (index, literal) in literals.dropFirst().enumerated() {
            let end: Int
            if index == places.count - 1 {
                end = text.count - literal.count
                guard end > start, text[end...].elementsEqual(literal) else { return nil }
            } else {
                guard let found = Self.find(literal, in: text, from: start + 1) else { return nil }
                end = found
            }
            let value = text[start..<end]
            switch places[index].kind {
            case .number: guard value.allSatisfy(Self.isOfNumber) else { return nil }
            case .any: guard !Self.goesOn(value) else { return nil }
            case .foreign, .sentence: break
            }
            values.append(value)
            start = end + literal.count
        }
        return values
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || byte == 0x2C }

    private static func goesOn(_ value: ArraySlice<UInt8>) -> Bool {
        zip(value, value.dropFirst()).contains { ($0 == 0x3A || $0 == 0x3B) && $1 == 0x20 }
    }

    private static func find(_ literal: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        guard text.count >= start + literal.count else { return nil }
        return (start...text.count - literal.count).first { place in
            text[place] == literal[0] && text[place..<place + literal.count].elementsEqual(literal)
        }
    }
}
