// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A command line after parsing: what the action of a command reads.
public struct Invocation: Sendable {
    /// Program and command names, such as `["certway", "order", "show"]`.
    public let path: [String]
    let values: [String: [String]]
    let flags: Set<String>
    let words: [String: [String]]

    /// The option's last value, or its default.
    public func value(_ name: String) -> String? { values[name]?.last }

    /// Every value of a repeatable option.
    public func allValues(_ name: String) -> [String] { values[name] ?? [] }

    public func flag(_ name: String) -> Bool { flags.contains(name) }

    /// A positional word; nil for an absent optional one.
    public func word(_ name: String) -> String? { words[name]?.first }

    /// A required positional word.
    public func requiredWord(_ name: String) -> String {
        // The parser has refused the command line without it.
        words[name]?.first ?? ""
    }

    public func allWords(_ name: String) -> [String] { words[name] ?? [] }

    /// All that was asked for, apart from these options: the same for command lines that mean the same.
    public func words(without options: Set<String>) -> [String] {
        let given = values.filter { !options.contains($0.key) }.flatMap { name, values in
            values.map { "--\(name)=\($0)" }
        }
        return path + words.sorted { $0.key < $1.key }.flatMap(\.value)
            + (given + flags.subtracting(options).map { "--\($0)" }).sorted()
    }

    /// The option as a whole number.
    ///
    /// - Throws: `UsageError` for other text or a number outside `range`.
    public func int(_ name: String, in range: ClosedRange<Int> = 0...Int.max) throws(UsageError) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let expected =
                range.upperBound == Int.max
                ? "a whole number from \(range.lowerBound)"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
            throw UsageError("--\(name): found \"\(text)\", expected \(expected)", path: path)
        }
        return number
    }
}
