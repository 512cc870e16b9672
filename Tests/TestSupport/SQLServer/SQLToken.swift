// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One word, text, number or sign of a statement.
struct SQLToken: Equatable {
    enum Kind { case word, text, number, sign }

    let kind: Kind
    /// A word in capitals, a text without its quotes.
    let text: String
    /// How many parentheses are open around it; a parenthesis is inside of itself.
    let depth: Int

    static func tokens(_ sql: String) -> [SQLToken] {
        let scalars = Array(sql.unicodeScalars)
        var tokens: [SQLToken] = []
        var depth = 0
        var index = 0
        func run(_ isPart: (Unicode.Scalar) -> Bool) -> String {
            var part = String.UnicodeScalarView()
            while index < scalars.count, isPart(scalars[index]) {
                part.append(scalars[index])
                index += 1
            }
            return String(part)
        }
        while index < scalars.count {
            let scalar = scalars[index]
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            if scalar.properties.isWhitespace {
                index += 1
            } else if scalar == "'" || (scalar == "N" && next == "'") {
                let isWide = scalar == "N"
                index += isWide ? 2 : 1
                let text = run { $0 != "'" }
                index += 1
                // What has no N before it goes through a code page.
                let isPlain = isWide || text.utf8.allSatisfy { $0 < 0x80 }
                tokens.append(SQLToken(kind: .text, text: isPlain ? text : "\u{FFFD}", depth: depth))
            } else if scalar.properties.isAlphabetic || scalar == "_" || scalar == "@" {
                let word = run {
                    $0.properties.isAlphabetic || $0.properties.numericType != nil || "_@".unicodeScalars.contains($0)
                }
                tokens.append(SQLToken(kind: .word, text: word.uppercased(), depth: depth))
            } else if scalar.properties.numericType != nil {
                tokens.append(
                    SQLToken(kind: .number, text: run { $0.properties.numericType != nil || $0 == "." }, depth: depth))
            } else {
                if scalar == "(" { depth += 1 }
                let isPair = ["||", "<=", ">=", "<>", "!=", "::", "=="].contains("\(scalar)\(next)")
                tokens.append(SQLToken(kind: .sign, text: isPair ? "\(scalar)\(next)" : "\(scalar)", depth: depth))
                if scalar == ")" { depth -= 1 }
                index += isPair ? 2 : 1
            }
        }
        return tokens
    }

    func `is`(_ words: String...) -> Bool { kind != .text && words.contains(text) }
}
