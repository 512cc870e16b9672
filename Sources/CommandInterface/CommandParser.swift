// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import YAMLDocuments

/// Finds the command that a command line means and reads its options.
public struct CommandParser: Sendable {
    public enum Outcome: Sendable {
        case run(Command, Invocation)
        /// The text of a help page somebody asked for.
        case help(String)
    }

    private let root: Command

    public init(_ root: Command) { self.root = root }

    /// - Parameter words: the command line without the program's name.
    /// - Throws: `UsageError` naming the word, what was expected and the nearest known name.
    public func parse(_ words: [String]) throws(UsageError) -> Outcome {
        var command = root
        var path = [root.name]
        var options = root.options
        var rest = words[...]
        while let word = rest.first, command.action == nil {
            if word == "--help" || word == "-h" || word == "help" {
                return .help(HelpPage(command, path, options).text)
            }
            guard let next = command.subcommands.first(where: { $0.name == word }) else {
                throw unknown(word, kind: "command", among: command.subcommands.map(\.name), path)
            }
            rest = rest.dropFirst()
            command = next
            path.append(next.name)
            options += next.options
        }
        guard command.action != nil else { return .help(HelpPage(command, path, options).text) }
        if rest.contains("--help") || rest.contains("-h") { return .help(HelpPage(command, path, options).text) }
        return .run(command, try read(rest, command, path, options))
    }

    private func read(_ rest: ArraySlice<String>, _ command: Command, _ path: [String], _ options: [Option])
        throws(UsageError) -> Invocation
    {
        var values: [String: [String]] = [:]
        var flags: Set<String> = []
        var plain: [String] = []
        var rest = rest
        while let word = rest.popFirst() {
            if word == "--" {
                plain += rest
                break
            }
            guard word.hasPrefix("-"), word != "-" else {
                plain.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            // `-f FILE` is what people type after `apply`; it is the one short name.
            let name = parts[0] == "-f" ? "file" : String(parts[0].drop { $0 == "-" })
            guard let option = options.first(where: { $0.name == name }) else {
                throw unknown(word, kind: "option", among: options.map { "--" + $0.name }, path)
            }
            guard let valueName = option.valueName else {
                if parts.count > 1 { throw UsageError("--\(name) takes no value", path: path) }
                flags.insert(name)
                continue
            }
            guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
                throw UsageError("--\(name) needs a value: \(valueName)", path: path)
            }
            guard option.choices.isEmpty || option.choices.contains(value) else {
                throw unknown(value, kind: "value of --\(name)", among: option.choices, path)
            }
            guard option.repeats || values[name] == nil else {
                throw UsageError("--\(name) stands twice", path: path)
            }
            values[name, default: []].append(value)
        }
        for option in options where values[option.name] == nil {
            if let value = option.defaultValue { values[option.name] = [value] }
        }
        return Invocation(
            path: path, values: values, flags: flags, words: try assign(plain, to: command.arguments, path))
    }

    private func assign(_ plain: [String], to arguments: [Argument], _ path: [String]) throws(UsageError)
        -> [String: [String]]
    {
        var words: [String: [String]] = [:]
        var rest = plain[...]
        for argument in arguments {
            if argument.repeats {
                words[argument.name] = Array(rest)
                rest = []
            } else if let word = rest.popFirst() {
                words[argument.name] = [word]
            }
            if !argument.isOptional, words[argument.name, default: []].isEmpty {
                throw UsageError("\(argument.name) is missing: \(argument.help)", path: path)
            }
        }
        if let extra = rest.first { throw UsageError("unexpected word \"\(extra)\"", path: path) }
        return words
    }

    private func unknown(_ word: String, kind: String, among known: [String], _ path: [String]) -> UsageError {
        let hint =
            nearest(word, in: known).map { "; did you mean \"\($0)\"?" }
            ?? (known.count <= 12 ? "; known: \(known.joined(separator: ", "))" : "")
        return UsageError("unknown \(kind) \"\(word)\"\(hint)", path: path)
    }
}
