// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Finds the paths that a jq program certainly reads from its own input. Behind a pipe, within `map` and wherever else the
/// input may be another value, nothing is found: a path it names is one, and it may miss some. The program has passed
/// `JQScanner`, so its brackets fit and its texts are closed.
struct RootPathScanner {
    /// What the brackets around a place make of the input.
    private struct Frame {
        /// Whether a text goes on after this bracket.
        let isInterpolation: Bool
        /// Whether the input is the program's where the bracket opens, and where the scanner stands.
        let begins: Bool
        var isRoot: Bool
        /// `E as $x | …` leaves the input alone.
        var binds = false
    }

    private(set) var paths: [(names: [String], offset: Int)] = []
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var frames = [Frame(isInterpolation: false, begins: true, isRoot: true)]
    /// Whether the token before is a whole value, so that `.name` reads a member of that one.
    private var followsValue = false
    private var word = ""

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// Reads the whole program; nothing where it defines functions, catches errors or has several results in turn.
    mutating func scan() {
        while let scalar = peek() {
            step(scalar)
            if Self.unclear.contains(word) {
                paths = []
                return
            }
        }
    }

    private mutating func step(_ scalar: Unicode.Scalar) {
        switch scalar {
        case " ", "\t", "\n": position += 1
        case "#": while let next = peek(), next != "\n" { position += 1 }
        case "\"":
            position += 1
            text()
        case "$", "@":
            position += 1
            _ = name()
            end(with: "", isValue: scalar == "$")
        case ".": field()
        case "(", "[", "{": open(scalar == "(")
        case ")", "]", "}": close()
        case "|": pipe()
        case ";", ",": separate(scalar)
        case _ where Self.isWord(scalar): wordOrNumber()
        default:
            position += 1
            end(with: "", isValue: scalar == "?")
        }
    }

    private mutating func field() {
        let start = position
        let isMember = followsValue
        var names: [String] = []
        while peek() == ".", let next = peek(1), Self.isWord(next), !("0"..."9" ~= next) {
            position += 1
            names.append(name())
            if peek() == "?" { position += 1 }
        }
        if names.isEmpty { position += peek(1) == "." ? 2 : 1 }
        if !isMember, frames[frames.count - 1].isRoot, !names.isEmpty { paths.append((names, start)) }
        end(with: "", isValue: true)
    }

    private mutating func wordOrNumber() {
        end(with: name(), isValue: true)
        // A key of an object, whatever the word means elsewhere.
        if scalars[position...].first(where: { $0 != " " && $0 != "\n" && $0 != "\t" }) == ":" { return word = "" }
        if Self.keywords.contains(word) { followsValue = false }
        switch word {
        case "then", "elif", "else": frames[frames.count - 1].isRoot = frames[frames.count - 1].begins
        case "end": close(moves: false)
        case "if": push()
        case "as": frames[frames.count - 1].binds = true
        default: break
        }
    }

    private mutating func open(_ isRound: Bool) {
        let last = frames.count - 1
        var isRoot = frames[last].isRoot
        if isRound {
            // What a function makes of its arguments is its own, and `reduce … as $x (…)` has the value so far as input.
            if followsValue, !Self.transparent.contains(word) { isRoot = false }
            if frames[last].binds { (isRoot, frames[last].binds) = (false, false) }
        }
        position += 1
        push(isRoot: isRoot)
    }

    private mutating func push(isRoot: Bool? = nil, isInterpolation: Bool = false) {
        let isRoot = isRoot ?? frames[frames.count - 1].isRoot
        frames.append(Frame(isInterpolation: isInterpolation, begins: isRoot, isRoot: isRoot))
        end(with: "", isValue: false)
    }

    private mutating func close(moves: Bool = true) {
        if moves { position += 1 }
        let left = frames.count > 1 ? frames.removeLast() : frames[0]
        if left.isInterpolation { text() } else { end(with: "", isValue: true) }
    }

    private mutating func pipe() {
        position += 1
        let last = frames.count - 1
        if frames[last].binds, peek() != "=" { frames[last].binds = false } else { frames[last].isRoot = false }
        end(with: "", isValue: false)
    }

    /// Arguments begin anew at `;`. A comma binds closer than a pipe, so behind one it has the pipe's input.
    private mutating func separate(_ scalar: Unicode.Scalar) {
        position += 1
        if scalar == ";" { frames[frames.count - 1].isRoot = frames[frames.count - 1].begins }
        end(with: "", isValue: false)
    }

    private mutating func text() {
        while let scalar = peek() {
            position += scalar == "\\" ? 2 : 1
            if scalar == "\"" { return end(with: "", isValue: true) }
            if scalar == "\\", scalars[position - 1] == "(" { return push(isInterpolation: true) }
        }
    }

    private mutating func end(with word: String, isValue: Bool) { (self.word, followsValue) = (word, isValue) }

    private mutating func name() -> String {
        let start = position
        while let scalar = peek(), Self.isWord(scalar) { position += 1 }
        return String(String.UnicodeScalarView(scalars[start..<position]))
    }

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        "a"..."z" ~= scalar || "A"..."Z" ~= scalar || "0"..."9" ~= scalar || scalar == "_"
    }

    private static let unclear: Set = ["def", "catch", "label", "foreach", "limit"]
    private static let keywords: Set = ["if", "then", "elif", "else", "and", "or", "as", "reduce", "try"]
    /// Functions that read their arguments from their own input.
    private static let transparent: Set = [
        "and", "or", "if", "then", "elif", "else", "error", "select", "has", "test", "join", "split", "startswith",
        "endswith", "ltrimstr", "rtrimstr", "contains", "index",
    ]
}
