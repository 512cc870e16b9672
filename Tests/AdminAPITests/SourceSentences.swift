// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The sentences that source files hold, with samples where a value comes in: what a reader might see of each.
struct SourceSentences {
    /// Text, or the source of what is put in.
    enum Piece {
        case text(String)
        case code(String)
    }

    let literals: [[Piece]]

    init(_ source: String) {
        var literals: [[Piece]] = []
        var scanner = SourceScanner(source)
        while let literal = scanner.nextLiteral() { literals.append(literal) }
        self.literals = literals
    }

    /// Every literal of three words and more that is no part of a longer text and no text for programs.
    var sentences: Set<String> {
        var found: Set<String> = []
        for literal in literals {
            for number in 0...1 {
                let sample = Self.sample(literal, number)
                guard let first = sample.first, let last = sample.last, !";,: ".contains(first), !" (".contains(last),
                    sample.split(separator: " ").count >= 3, sample.firstMatch(of: Self.forPrograms) == nil
                else { continue }
                found.insert(sample)
            }
        }
        return found
    }

    private static var forPrograms: Regex<Substring> { /<|= \?|'none'|realm=|\{font|^'?certway |1 \\/ }

    /// - Parameter number: 0 for the first wording where there are two, such as one person and several.
    private static func sample(_ literal: [Piece], _ number: Int) -> String {
        literal.reduce(into: "") { text, piece in
            switch piece {
            case .text(let part): text += part
            case .code(let code):
                if let plural = code.firstMatch(of: /^Plural\([^"]*"([^"\\]*)"(?:, "([^"\\]*)")?\)/) {
                    text += number == 0 ? "1 \(plural.1)" : "3 \(plural.2 ?? plural.1 + "s")"
                } else if let choice = code.firstMatch(of: /\? "([^"\\]*)" : "([^"\\]*)"/) {
                    text += number == 0 ? choice.1 : choice.2
                } else if text.last?.isLetter != true || code.contains("(") {
                    // Behind a letter stands what may be missing; anything else is a number, which fits every place.
                    text += "7"
                }
            }
        }
    }
}

/// Reads string literals out of Swift source, those joined by + as one.
struct SourceScanner {
    private let source: [Character]
    private var place = 0

    init(_ source: String) { self.source = Array(source) }

    mutating func nextLiteral() -> [SourceSentences.Piece]? {
        while place < source.count {
            if has("//") {
                while place < source.count, source[place] != "\n" { place += 1 }
            } else if has("\"\"\"") {
                place += 3
                while place < source.count, !has("\"\"\"") { place += 1 }
                place += 3
            } else if source[place] == "\"" {
                var pieces = literal()
                while let next = joined() {
                    place = next
                    pieces += literal()
                }
                return pieces
            } else {
                place += 1
            }
        }
        return nil
    }

    private func has(_ text: String) -> Bool { source[place...].starts(with: text) }

    /// Where a literal begins that is joined to the one before.
    private func joined() -> Int? {
        var look = place
        while look < source.count, source[look].isWhitespace { look += 1 }
        return source[min(look, source.count)...].starts(with: "+ \"") ? look + 2 : nil
    }

    /// Behind it `place` stands after the closing quote.
    private mutating func literal() -> [SourceSentences.Piece] {
        var pieces: [SourceSentences.Piece] = []
        var text = ""
        place += 1
        while place < source.count, source[place] != "\"", source[place] != "\n" {
            guard source[place] == "\\", place + 1 < source.count else {
                text.append(source[place])
                place += 1
                continue
            }
            guard source[place + 1] == "(" else {
                text.append(source[place + 1] == "n" ? "\n" : source[place + 1])
                place += 2
                continue
            }
            let start = place + 2
            skipCode()
            pieces += [.text(text), .code(String(source[start..<place - 1]))]
            text = ""
        }
        place += 1
        return pieces + [.text(text)]
    }

    /// Behind the parenthesis that ends what is put in.
    private mutating func skipCode() {
        place += 2
        var depth = 1
        while place < source.count, depth > 0 {
            switch source[place] {
            case "\"": _ = literal()
            case "(":
                depth += 1
                place += 1
            case ")":
                depth -= 1
                place += 1
            default: place += 1
            }
        }
    }
}
