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
        /// Whether the input is certainly a part of the program's, such as `.rows` in `.rows | …`, where the frame opens and here.
        let beginsPart: Bool
        var isPart: Bool
        /// What stands since the frame began or the last pipe.
        var segment = Segment.empty
        /// Whether a variable is in it, whose value may be the program's input.
        var hasVariable = false
    }

    private enum Segment { case empty, path, other }

    private(set) var paths: [(names: [String], offset: Int)] = []
    /// Paths that are certainly read from a part of the input, behind a pipe.
    private(set) var partPaths: [(names: [String], offset: Int)] = []
    /// The path that a variable stands for; nil where it is not certain.
    private var variables: [String: [String]?] = [:]
    /// The path before the scanner's place; nil where something else stands there.
    private var lastPath: [String]?
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var frames = [Frame(isInterpolation: false, begins: true, isRoot: true, beginsPart: false, isPart: false)]
    /// Whether the token before is a whole value, so that `.name` reads a member of that one.
    private var followsValue = false
    /// Whether names are bound in ways that are not looked at: then no variable stands for a path.
    private var hasPatterns = false
    private var word = ""

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// Reads the whole program; nothing where it defines functions, catches errors or has several results in turn.
    mutating func scan() {
        while let scalar = peek() {
            step(scalar)
            if Self.unclear.contains(word) {
                (paths, partPaths) = ([], [])
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
            frames[frames.count - 1].segment = .other
            text()
        case "$": variable()
        case "@":
            position += 1
            _ = name()
            end(with: "", isValue: false)
            frames[frames.count - 1].segment = .other
        case ".": field()
        case "(", "[", "{": open(scalar == "(")
        case ")", "]", "}": close()
        case "|": pipe()
        case ";", ",": separate(scalar)
        case _ where Self.isWord(scalar): wordOrNumber()
        default:
            position += 1
            end(with: "", isValue: scalar == "?")
            if scalar != "?" { frames[frames.count - 1].segment = .other }
        }
    }

    /// A member of a variable that stands for a path is a member of what the path leads to.
    private mutating func variable() {
        let start = position
        position += 1
        let name = name()
        let last = frames.count - 1
        let (isBound, bound) = (word == "as", lastPath)
        frames[last].segment = .other
        if !isBound { frames[last].hasVariable = true }
        end(with: "", isValue: true)
        if isBound {
            variables[name] = .some(variables.keys.contains(name) ? nil : bound)
        } else if !hasPatterns, let path = variables[name] ?? nil {
            let members = members()
            if !members.isEmpty { paths.append((path + members, start)) }
        }
    }

    private mutating func members() -> [String] {
        var names: [String] = []
        while peek() == ".", let next = peek(1), Self.isWord(next), !("0"..."9" ~= next) {
            position += 1
            names.append(name())
            if peek() == "?" { position += 1 }
        }
        return names
    }

    private mutating func field() {
        let start = position
        let isMember = followsValue
        let names = members()
        let last = frames.count - 1
        if names.isEmpty { position += peek(1) == "." ? 2 : 1 }
        if !isMember {
            if frames[last].isRoot, !names.isEmpty { paths.append((names, start)) }
            if frames[last].isPart, !names.isEmpty { partPaths.append((names, start)) }
            frames[last].segment = frames[last].segment == .empty && !names.isEmpty ? .path : .other
        }
        end(with: "", isValue: true)
        if !isMember, frames[last].isRoot, !names.isEmpty { lastPath = names }
    }

    private mutating func wordOrNumber() {
        let path = lastPath
        end(with: name(), isValue: true)
        frames[frames.count - 1].segment = .other
        if word == "as" {
            lastPath = path
            // Patterns bind several names at once.
            if nextToken != "$" { (hasPatterns, variables) = (true, [:]) }
        }
        // A key of an object, whatever the word means elsewhere.
        if nextToken == ":" { return word = "" }
        if Self.keywords.contains(word) { followsValue = false }
        switch word {
        case "then", "elif", "else": begin()
        case "end": close(moves: false)
        case "if": push()
        case "as": frames[frames.count - 1].binds = true
        default: break
        }
    }

    /// Back to the input with which the frame began.
    private mutating func begin() {
        let last = frames.count - 1
        (frames[last].isRoot, frames[last].isPart) = (frames[last].begins, frames[last].beginsPart)
        frames[last].segment = .empty
    }

    private mutating func open(_ isRound: Bool) {
        let last = frames.count - 1
        var isRoot = frames[last].isRoot
        var isPart = frames[last].isPart
        // `.rows[0]` is a path still.
        if !(peek() == "[" && followsValue) { frames[last].segment = .other }
        if isRound {
            // What a function makes of its arguments is its own, and `reduce … as $x (…)` has the value so far as input.
            if followsValue, !Self.transparent.contains(word) { isRoot = false }
            if frames[last].binds { (isRoot, isPart, frames[last].binds) = (false, false, false) }
        }
        position += 1
        push(isRoot: isRoot, isPart: isPart)
    }

    private mutating func push(isRoot: Bool? = nil, isPart: Bool? = nil, isInterpolation: Bool = false) {
        let last = frames[frames.count - 1]
        let (isRoot, isPart) = (isRoot ?? last.isRoot, isPart ?? last.isPart)
        frames.append(
            Frame(
                isInterpolation: isInterpolation, begins: isRoot, isRoot: isRoot, beginsPart: isPart, isPart: isPart,
                hasVariable: last.hasVariable))
        end(with: "", isValue: false)
    }

    private mutating func close(moves: Bool = true) {
        if moves { position += 1 }
        let left = frames.count > 1 ? frames.removeLast() : frames[0]
        if left.hasVariable { frames[frames.count - 1].hasVariable = true }
        if left.isInterpolation { text() } else { end(with: "", isValue: true) }
    }

    private mutating func pipe() {
        position += 1
        let last = frames.count - 1
        if frames[last].binds, peek() != "=" {
            frames[last].binds = false
        } else {
            frames[last].isPart =
                peek() != "=" && !frames[last].hasVariable
                && (frames[last].isPart || frames[last].isRoot && frames[last].segment == .path)
            frames[last].isRoot = false
        }
        frames[last].segment = .empty
        end(with: "", isValue: false)
    }

    /// Arguments begin anew at `;`. A comma binds closer than a pipe, so behind one it has the pipe's input.
    private mutating func separate(_ scalar: Unicode.Scalar) {
        position += 1
        let last = frames.count - 1
        if scalar == ";" { begin() }
        if frames[last].hasVariable { frames[last].isPart = false }
        frames[last].segment = .other
        end(with: "", isValue: false)
    }

    private mutating func text() {
        while let scalar = peek() {
            position += scalar == "\\" ? 2 : 1
            if scalar == "\"" { return end(with: "", isValue: true) }
            if scalar == "\\", scalars[position - 1] == "(" { return push(isInterpolation: true) }
        }
    }

    private mutating func end(with word: String, isValue: Bool) {
        (self.word, followsValue, lastPath) = (word, isValue, nil)
    }

    /// The first scalar of the next token.
    private var nextToken: Unicode.Scalar? {
        scalars[position...].first { $0 != " " && $0 != "\n" && $0 != "\t" }
    }

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
