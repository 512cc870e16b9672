// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import YAMLDocuments

/// Finds the command that a command line means and reads its options.
public struct CommandParser: Sendable {
    public enum Outcome: Sendable {
        case run(Command, Invocation)
        /// The text of a help page somebody asked for.
        case help(String)
        /// The text of the same page, because the command is missing: a timer that lost its arguments must not look well.
        case incomplete(String)
    }

    private let root: Command

    public init(_ root: Command) { self.root = root }

    /// Options stand anywhere behind the command that declares them; `--` ends them.
    ///
    /// - Parameter words: the command line without the program's name.
    /// - Throws: `UsageError` naming the word, what was expected and the nearest known name.
    public func parse(_ words: [String]) throws(UsageError) -> Outcome {
        var command = root
        var path = [root.name]
        var options = root.options
        var values: [String: [String]] = [:]
        var flags: Set<String> = []
        var plain: [String] = []
        var rest = words[...]
        var takesOptions = true
        var wantsHelp = false
        while let word = rest.popFirst() {
            if takesOptions, word == "--" {
                takesOptions = false
            } else if takesOptions, word == "--help" || word == "-h" {
                return .help(HelpPage(command, path, options).text)
            } else if takesOptions, word.hasPrefix("-"), word != "-" {
                try read(word, &rest, options, command.elsewhere, path, &values, &flags)
            } else if takesOptions, plain.isEmpty, let next = command.subcommands.first(where: { $0.name == word }) {
                if command.action != nil {
                    let own = command.options.map(\.name)
                    if let given = own.first(where: { values[$0] != nil || flags.contains($0) }) {
                        throw UsageError(
                            "--\(given) is no option of \(path.joined(separator: " ")) \(word)", path: path)
                    }
                    options.removeFirst(own.count)
                }
                command = next
                path.append(next.name)
                options = next.options + options
            } else if command.action != nil {
                plain.append(word)
            } else if word == "help" {
                wantsHelp = true
            } else {
                throw unknown(word, kind: "command", among: command.subcommands.map(\.name), path)
            }
        }
        guard command.action != nil, !wantsHelp else {
            let text = HelpPage(command, path, options).text
            return wantsHelp ? .help(text) : .incomplete(text)
        }
        // Only now is it known which command it is, whose options come before those of the program.
        var names: Set<String> = []
        for option in options where names.insert(option.name).inserted && !option.choices.isEmpty {
            for value in values[option.name] ?? [] where !option.choices.contains(value) {
                throw unknown(value, kind: "value of --\(option.name)", among: option.choices, path)
            }
        }
        for option in options where values[option.name] == nil {
            if let value = option.defaultValue { values[option.name] = [value] }
        }
        if command.arguments.isEmpty, let word = plain.first, !command.subcommands.isEmpty {
            throw unknown(word, kind: "command", among: command.subcommands.map(\.name), path)
        }
        let assigned = try assign(plain, to: command.arguments, path)
        return .run(command, Invocation(path: path, values: values, flags: flags, words: assigned))
    }

    /// Reads one option and, from `rest`, its value.
    private func read(
        _ word: String, _ rest: inout ArraySlice<String>, _ options: [Option], _ elsewhere: [String: String],
        _ path: [String], _ values: inout [String: [String]], _ flags: inout Set<String>
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        // `-f FILE` is what people type after `apply`; it is the one short name.
        let written = parts[0] == "-f" ? "--file" : parts[0]
        guard let option = options.first(where: { "--" + $0.name == written }) else {
            if let sentence = elsewhere[String(written.drop { $0 == "-" })] {
                throw UsageError("unknown option \"\(parts[0])\"; \(sentence)", path: path)
            }
            throw unknown(parts[0], kind: "option", among: options.map { "--" + $0.name }, path)
        }
        let name = option.name
        guard let valueName = option.valueName else {
            if parts.count > 1 { throw UsageError("--\(name) takes no value", path: path) }
            flags.insert(name)
            return
        }
        guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
            throw UsageError("--\(name) needs a value: \(valueName)", path: path)
        }
        guard option.repeats || values[name] == nil else { throw UsageError("--\(name) stands twice", path: path) }
        values[name, default: []].append(value)
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
