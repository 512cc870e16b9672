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
        // An option of the command itself takes the place of the program's of the same name.
        var names: Set<String> = []
        self.options = options.filter { names.insert($0.name).inserted }
    }

    /// As wide as the terminal is; in a pipe as it was written.
    var text: String { text(width: Terminal.width) }

    /// - Parameter width: nil for as much as there is.
    func text(width: Int?) -> String {
        let width = width.map { max($0, 40) }
        var parts = ["\(path.joined(separator: " ")): \(command.summary)", "usage: \(usage)"].map { flowed($0, width) }
        if !command.discussion.isEmpty { parts.append(flowed(command.discussion, width)) }
        parts.append(section("commands", command.subcommands.map { ($0.name, $0.summary) }, width))
        parts.append(section("arguments", command.arguments.map { ($0.name, $0.help) }, width))
        parts.append(section("options", options.map { (label($0), $0.help + defaultNote($0)) }, width))
        parts.append(section("examples", command.examples.map { ($0.line, $0.does) }, width))
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

    /// Paragraphs broken anew; lines that begin with a blank, such as those of a list, stay lines.
    private func flowed(_ text: String, _ width: Int?) -> String {
        guard let width else { return text }
        var paragraphs: [String] = []
        var continues = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            let isPlain = !line.isEmpty && !line.hasPrefix(" ")
            if isPlain, continues { paragraphs[paragraphs.count - 1] += " " + line } else { paragraphs.append(line) }
            // A line that introduces a list stands alone.
            continues = isPlain && !line.hasSuffix("…")
        }
        return paragraphs.map { TextWidth.lines($0, width, most: .max, indent: $0.hasPrefix(" ") ? 4 : 0) }
            .joined().joined(separator: "\n")
    }

    /// Two columns; a long left column puts its text on the next line. Command lines are never broken: they are copied.
    private func section(_ title: String, _ rows: [(String, String)], _ width: Int?) -> String {
        guard !rows.isEmpty else { return "" }
        let column = min(rows.map(\.0.count).max() ?? 0, width.map { min(30, $0 / 3) } ?? 30)
        let indent = column + 4
        let lines = rows.flatMap { left, right -> [String] in
            let text = width.map { TextWidth.lines(right, $0 - indent, most: .max) } ?? [right]
            let further = text.dropFirst().map { String(repeating: " ", count: indent) + $0 }
            let first = text.first ?? ""
            guard left.count <= column else {
                return ["  \(left)", String(repeating: " ", count: indent) + first] + further
            }
            return ["  \(left)\(String(repeating: " ", count: column - left.count))  \(first)"] + further
        }
        return "\(title):\n" + lines.joined(separator: "\n")
    }
}
