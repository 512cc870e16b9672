// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The help of one command, made from its declaration.
struct HelpPage {
    private let command: Command
    private let path: [String]
    private let options: [Option]

    init(_ command: Command, _ path: [String], _ options: [Option]) {
        self.command = command
        self.path = path
        self.options = options
    }

    var text: String {
        var parts = ["\(path.joined(separator: " ")): \(command.summary)", "usage: \(usage)"]
        if !command.discussion.isEmpty { parts.append(command.discussion) }
        parts.append(section("commands", command.subcommands.map { ($0.name, $0.summary) }))
        parts.append(section("arguments", command.arguments.map { ($0.name, $0.help) }))
        parts.append(section("options", options.map { (label($0), $0.help + defaultNote($0)) }))
        parts.append(section("examples", command.examples.map { ($0.line, $0.does) }))
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private var usage: String {
        var words = path
        if !command.subcommands.isEmpty { words.append(command.action == nil ? "COMMAND" : "[COMMAND]") }
        words += command.arguments.map { argument in
            let name = argument.name + (argument.repeats ? "…" : "")
            return argument.isOptional ? "[\(name)]" : name
        }
        if !options.isEmpty { words.append("[OPTIONS]") }
        return words.joined(separator: " ")
    }

    private func label(_ option: Option) -> String {
        "--\(option.name)" + (option.valueName.map { " \($0)" } ?? "")
    }

    private func defaultNote(_ option: Option) -> String { option.defaultValue.map { " (default: \($0))" } ?? "" }

    /// Two columns; a long left column puts its text on the next line.
    private func section(_ title: String, _ rows: [(String, String)]) -> String {
        guard !rows.isEmpty else { return "" }
        let width = min(rows.map(\.0.count).max() ?? 0, 30)
        let lines = rows.map { left, right in
            left.count <= width
                ? "  \(left)\(String(repeating: " ", count: width - left.count))  \(right)"
                : "  \(left)\n  \(String(repeating: " ", count: width))  \(right)"
        }
        return "\(title):\n" + lines.joined(separator: "\n")
    }
}
