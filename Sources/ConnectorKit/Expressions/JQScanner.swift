// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Looks through a jq program for names that reach outside and for brackets that would let it leave its place in the
/// combined program. It follows libjq's own tokens (its `lexer.l`), because what it takes for a field, a key, text or a
/// comment is not looked at.
struct JQScanner {
    struct Finding: Equatable {
        let message: String
        /// In Unicode scalars from the start.
        let offset: Int
    }

    private enum Bracket: Equatable {
        case round, square, brace, interpolation
        /// `if … end`.
        case condition
    }

    private(set) var findings: [Finding] = []
    private let scalars: [Unicode.Scalar]
    private var position: Int
    private let stopsAtBrace: Bool
    private var open: [(bracket: Bracket, offset: Int)] = []
    /// A character of the token before, blanks and comments left out.
    private var previous: Unicode.Scalar?

    /// - Parameters:
    ///   - start: where to begin.
    ///   - stopsAtBrace: whether an unopened `}` ends the program, as in a template's hole.
    init(_ scalars: [Unicode.Scalar], from start: Int = 0, stopsAtBrace: Bool = false) {
        self.scalars = scalars
        position = start
        self.stopsAtBrace = stopsAtBrace
    }

    /// Scans the whole program.
    mutating func scan() {
        guard let end = end(), end == scalars.count else { return }
        if let left = open.last {
            stop("\(Self.opening(left.bracket)) is never closed", at: left.offset)
        } else if previous == nil {
            stop("the expression is empty", at: 0)
        }
    }

    /// Scans up to the end of the program; nil when that cannot be told.
    mutating func end() -> Int? {
        while let scalar = peek() {
            if scalar == "}", stopsAtBrace, open.isEmpty { return position }
            guard step(scalar) else { return nil }
        }
        return stopsAtBrace ? nil : position
    }

    /// Takes one token; false when scanning cannot go on.
    private mutating func step(_ scalar: Unicode.Scalar) -> Bool {
        let start = position
        switch scalar {
        case " ", "\t", "\n": position += 1
        case "#": return comment()
        case "\"":
            position += 1
            return text(from: start)
        case "$": variable()
        case "@":
            position += 1
            _ = word()
            previous = "@"
        case ".": field()
        case "0"..."9": number()
        case "(", "[", "{": push(scalar == "(" ? .round : scalar == "[" ? .square : .brace, scalar)
        case ")", "]", "}": return close(scalar)
        case _ where Self.isWordStart(scalar): return name()
        case "\0"..<" ", "\u{7F}": return stop("control characters are not allowed", at: start)
        default:
            position += 1
            previous = scalar
        }
        return true
    }

    private mutating func push(_ bracket: Bracket, _ scalar: Unicode.Scalar) {
        open.append((bracket, position))
        position += 1
        previous = scalar
    }

    private mutating func close(_ scalar: Unicode.Scalar) -> Bool {
        let start = position
        let closing: [Bracket] = scalar == ")" ? [.round, .interpolation] : [scalar == "]" ? .square : .brace]
        guard let last = open.popLast() else { return stop("\(Character(scalar)) closes nothing", at: start) }
        guard closing.contains(last.bracket) else {
            return stop("\(Character(scalar)) does not fit \(Self.opening(last.bracket)) before it", at: start)
        }
        position += 1
        previous = scalar
        return last.bracket == .interpolation ? text(from: last.offset) : true
    }

    /// Text up to its closing quote, or up to an interpolation, after whose end it goes on.
    private mutating func text(from start: Int) -> Bool {
        while let scalar = peek() {
            switch scalar {
            case "\"":
                position += 1
                previous = scalar
                return true
            case "\\":
                if peek(1) == "(" {
                    open.append((.interpolation, start))
                    position += 2
                    previous = "("
                    return true
                }
                position += 2
            case "\0"..<" " where scalar != "\t" && scalar != "\n":
                return stop("control characters are not allowed", at: position)
            default: position += 1
            }
        }
        return stop("text is never closed, \" is missing", at: start)
    }

    private mutating func comment() -> Bool {
        let start = position
        while let scalar = peek(), scalar != "\n" {
            if scalar == "\r" { return stop("control characters are not allowed", at: position) }
            position += 1
        }
        // Later versions of jq continue such a comment on the next line, 1.6 does not.
        return scalars[position - 1] == "\\" ? stop("a comment may not end in a backslash", at: start) : true
    }

    private mutating func variable() {
        let start = position
        position += 1
        skipBlanks()
        let word = word()
        previous = "$"
        if word == "ENV" || word.hasPrefix("__") { refuse("$\(word)", at: start) }
    }

    private mutating func field() {
        position += 1
        if peek() == "." {
            position += 1
        } else if let next = peek(), Self.isWordStart(next) {
            _ = word()
        } else if let next = peek(), "0"..."9" ~= next {
            position -= 1
            return number()
        }
        previous = "."
    }

    /// `12`, `12.5`, `.5` with an exponent; a letter after it begins a name.
    private mutating func number() {
        digits()
        if peek() == "." {
            position += 1
            digits()
        }
        if let mark = peek(), mark == "e" || mark == "E" {
            let sign = peek(1).map { $0 == "+" || $0 == "-" } == true ? 1 : 0
            if let digit = peek(1 + sign), "0"..."9" ~= digit {
                position += 1 + sign
                digits()
            }
        }
        previous = "0"
    }

    private mutating func digits() { while let scalar = peek(), "0"..."9" ~= scalar { position += 1 } }

    private mutating func name() -> Bool {
        let start = position
        let mayBeKey = open.last?.bracket == .brace && (previous == "{" || previous == ",")
        let word = word()
        previous = "a"
        if mayBeKey {
            var ahead = self
            ahead.skipBlanks()
            let next = ahead.peek()
            if next == "," || next == "}" || next == ":" && ahead.peek(1) != ":" { return true }
        }
        switch word {
        case "if": open.append((.condition, start))
        case "end":
            guard open.popLast()?.bracket == .condition else { return stop("end closes no if", at: start) }
        case _ where Self.refused.contains(word) || word.hasPrefix("_"): refuse(word, at: start)
        default: break
        }
        return true
    }

    private mutating func word() -> String {
        let start = position
        while let scalar = peek(), Self.isWordStart(scalar) || "0"..."9" ~= scalar { position += 1 }
        return String(String.UnicodeScalarView(scalars[start..<position]))
    }

    private mutating func skipBlanks() {
        while let scalar = peek() {
            if scalar == " " || scalar == "\t" || scalar == "\n" {
                position += 1
            } else if scalar != "#" || !comment() {
                return
            }
        }
    }

    private mutating func refuse(_ word: String, at offset: Int) {
        let reason =
            switch word {
            case "nan": "it cannot be written as JSON"
            case "fromstream": "it builds lists of any size at once"
            case "now", "localtime", "strflocaltime":
                "the same input gives the same result, whenever and wherever; where a program has the time, it is .now, in UTC"
            case _ where word.hasPrefix("_") || word.hasPrefix("$__"): "names with a leading _ belong to jq itself"
            default: "an expression sees its input and nothing else"
            }
        findings.append(Finding(message: "\(word) is not allowed: \(reason)", offset: offset))
    }

    /// Notes what makes it pointless to look further; false.
    @discardableResult
    private mutating func stop(_ message: String, at offset: Int) -> Bool {
        findings.append(Finding(message: message, offset: offset))
        return false
    }

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    private static func isWordStart(_ scalar: Unicode.Scalar) -> Bool {
        "a"..."z" ~= scalar || "A"..."Z" ~= scalar || scalar == "_"
    }

    private static func opening(_ bracket: Bracket) -> String {
        switch bracket {
        case .round: "("
        case .square: "["
        case .brace: "{"
        case .interpolation: "\\("
        case .condition: "if"
        }
    }

    /// Names that reach files, environment, clock, further input, the host's streams or jq's own state, and two that can bring
    /// jq 1.6 down.
    static let refused: Set<String> = [
        "env", "input", "inputs", "input_line_number", "input_filename", "import", "include", "module", "modulemeta",
        "debug", "stderr", "halt", "halt_error", "get_search_list", "get_jq_origin", "get_prog_origin", "builtins",
        "nan", "fromstream", "now", "localtime", "strflocaltime",
    ]
}
