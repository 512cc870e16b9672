// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Looks at the literals of a JSON text before libjq does, because libjq 1.6 reads every number as a double and keeps
/// nothing of how it was written (1.7 does): a CA's order 9007199254740993 would become another one's.
///
/// The only parser stays libjq's. Here nothing is known but its tokens (`classify` of its `jv_parse.c`): text in quotes,
/// blanks, `[{:,]}`, and literals, which are whatever else stands in a row.
struct JSONLiterals {
    private let text: ContiguousArray<UInt8>
    private var position = 0
    private var copied = 0
    private var result = ContiguousArray<UInt8>()

    /// The text with every number in quotes that a double does not keep.
    ///
    /// - Throws: `JSONSyntaxError` for a literal that JSON does not have. libjq takes some of them and means something else:
    ///   `01` is 1 to it, and `infinity` the largest double.
    static func quoting(_ text: ContiguousArray<UInt8>) throws(JSONSyntaxError) -> ContiguousArray<UInt8> {
        var literals = JSONLiterals(text: text)
        try literals.scan()
        guard literals.copied > 0 else { return text }
        return literals.result + text[literals.copied...]
    }

    private init(text: ContiguousArray<UInt8>) {
        self.text = text
        // libjq skips a byte order mark.
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    private mutating func scan() throws(JSONSyntaxError) {
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""): skipText()
            case let byte where Self.isBetween(byte): position += 1
            default: try literal()
            }
        }
    }

    private mutating func skipText() {
        position += 1
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position += 1
    }

    private mutating func literal() throws(JSONSyntaxError) {
        let start = position
        while position < text.count, !Self.isBetween(text[position]), text[position] != UInt8(ascii: "\"") {
            position += 1
        }
        let literal = text[start..<position]
        if Self.words.contains(where: { literal.elementsEqual($0) }) { return }
        guard let number = JSONNumber(literal) else { throw error("a word or number that JSON does not have", start) }
        if number.isKept { return }
        // In quotes it would become a key.
        if text[position...].first(where: { !Self.isBlank($0) }) == UInt8(ascii: ":") {
            throw error("a number as a key", start)
        }
        result += text[copied..<start]
        result.append(UInt8(ascii: "\""))
        result += literal
        result.append(UInt8(ascii: "\""))
        copied = position
    }

    private func error(_ what: String, _ place: Int) -> JSONSyntaxError {
        let line = 1 + text[..<place].count { $0 == UInt8(ascii: "\n") }
        return JSONSyntaxError(message: "\(what) at line \(line)")
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\t")
    }

    private static func isBetween(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
            UInt8(ascii: "}"):
            true
        default: isBlank(byte)
        }
    }

    private static let words = ["true", "false", "null"].map { Array($0.utf8) }
}
