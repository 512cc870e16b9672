// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The members of its input that a jq program may read, where its text shows that it reads no others: handing the rest to jq
/// would cost more than most programs do.
///
/// Wherever the input may still be the program's own, only paths, literals, variables and the keywords below may stand. A
/// function, a bare dot or an assignment there may use all of it, and then nothing is known. The program has passed `JQScanner`,
/// so its brackets fit and its texts are closed.
struct ReadMembers {
    /// What a bracket, or `if`, makes of the input.
    private struct Frame {
        let opener: Unicode.Scalar
        /// Whether the input may be the program's where the frame opens, and where the scanner stands.
        let begins: Bool
        var isRoot: Bool
        /// `E as $x | …` leaves the input alone.
        var binds = false
    }

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var frames = [Frame(opener: " ", begins: true, isRoot: true)]
    private var found: Set<String> = []
    private var isKnown = true
    /// Whether the token before is a whole value, so that `.name` reads a member of that one.
    private var followsValue = false
    /// Whether a text would be a key of an object that stands for its own value.
    private var isAtKey = false

    private init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// - Returns: nil where the program may read anything.
    static func names(in program: String) -> Set<String>? {
        var members = ReadMembers(program)
        while members.isKnown, let scalar = members.peek() { members.step(scalar) }
        return members.isKnown ? members.found : nil
    }

    private var isRoot: Bool { frames[frames.count - 1].isRoot }

    private mutating func step(_ scalar: Unicode.Scalar) {
        switch scalar {
        case " ", "\t", "\n", "\r": position += 1
        case "#": while let next = peek(), next != "\n" { position += 1 }
        case "\"":
            if isAtKey, isRoot { isKnown = false }
            position += 1
            text()
        case "$":
            position += 1
            _ = name()
            end(isValue: true)
        case ".": field()
        case "(", "[", "{":
            position += 1
            push(scalar)
        case ")", "]", "}":
            position += 1
            close()
        case "|": pipe()
        case ";", ",": separate(scalar)
        case "@":
            position += 1
            _ = name()
            // Alone it formats its input; before a text, what is put into that.
            if isRoot, next != "\"" { isKnown = false }
            end(isValue: true)
        case "=", "!", "<", ">", "+", "-", "*", "/", "%": operation(scalar)
        case ":", "?":
            position += 1
            end(isValue: scalar == "?")
        case _ where Self.isWord(scalar): word(scalar)
        default: isKnown = false
        }
    }

    /// Arguments, and the values of an object, begin anew. Elsewhere a comma binds closer than a pipe.
    private mutating func separate(_ scalar: Unicode.Scalar) {
        position += 1
        let last = frames.count - 1
        let isInObject = frames[last].opener == "{"
        if scalar == ";" || isInObject { frames[last].isRoot = frames[last].begins }
        end(isValue: false)
        isAtKey = scalar == "," && isInObject
    }

    private mutating func field() {
        let isMember = followsValue
        position += 1
        if let next = peek(), Self.isWord(next), !("0"..."9" ~= next) {
            let name = name()
            if !isMember, isRoot { found.insert(name) }
        } else if !isMember, isRoot {
            isKnown = false
        }
        end(isValue: true)
    }

    /// A comparison or a sum; an assignment gives the whole input, changed.
    private mutating func operation(_ scalar: Unicode.Scalar) {
        position += 1
        if scalar == "/", peek() == "/" { position += 1 }
        if peek() == "=" {
            position += 1
            let compares = scalar != "+" && scalar != "-" && scalar != "*" && scalar != "/" && scalar != "%"
            if !compares, isRoot { isKnown = false }
        } else if scalar == "=", isRoot {
            isKnown = false
        }
        end(isValue: false)
    }

    private mutating func word(_ first: Unicode.Scalar) {
        let wasAtKey = isAtKey
        let word = name()
        end(isValue: true)
        if "0"..."9" ~= first { return }
        // A key of an object, whatever the word means elsewhere.
        if wasAtKey, next == ":" { return }
        switch word {
        case "if": push("i")
        case "then", "elif", "else":
            frames[frames.count - 1].isRoot = frames[frames.count - 1].begins
            end(isValue: false)
        case "end": close()
        case "and", "or": end(isValue: false)
        case "true", "false", "null", "empty": break
        case "as":
            frames[frames.count - 1].binds = true
            end(isValue: false)
            // Patterns name members in ways of their own.
            if isRoot, next != "$" { isKnown = false }
        default: if isRoot { isKnown = false }
        }
    }

    private mutating func push(_ opener: Unicode.Scalar) {
        frames.append(Frame(opener: opener, begins: isRoot, isRoot: isRoot))
        end(isValue: false)
        isAtKey = opener == "{"
    }

    private mutating func close() {
        guard frames.count > 1 else { return isKnown = false }
        let left = frames.removeLast()
        if left.opener == "\"" { text() } else { end(isValue: true) }
    }

    private mutating func pipe() {
        position += 1
        let last = frames.count - 1
        if peek() == "=" {
            position += 1
            if isRoot { isKnown = false }
        } else if frames[last].binds {
            frames[last].binds = false
        } else {
            frames[last].isRoot = false
        }
        end(isValue: false)
    }

    /// The rest of a text, up to its end or to what is put into it.
    private mutating func text() {
        while let scalar = peek() {
            position += scalar == "\\" ? 2 : 1
            if scalar == "\"" { return end(isValue: true) }
            if scalar == "\\", scalars[position - 1] == "(" { return push("\"") }
        }
    }

    private mutating func end(isValue: Bool) { (followsValue, isAtKey) = (isValue, false) }

    private mutating func name() -> String {
        let start = position
        while let scalar = peek(), Self.isWord(scalar) { position += 1 }
        return String(String.UnicodeScalarView(scalars[start..<position]))
    }

    /// The first scalar of the next token.
    private var next: Unicode.Scalar? {
        scalars[position...].first { $0 != " " && $0 != "\t" && $0 != "\n" && $0 != "\r" }
    }

    private func peek() -> Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        "a"..."z" ~= scalar || "A"..."Z" ~= scalar || "0"..."9" ~= scalar || scalar == "_"
    }
}
