// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// What the help pages of a program say one may type.
struct HelpExamples {
    /// Commands that do something and whose help shows no example.
    private(set) var without: [String] = []
    /// Command lines, each once, in the order of the pages.
    private(set) var lines: [String] = []

    /// Every command that does something, without the name of the program.
    private(set) var commands: [String] = []

    /// The options that the help of a command calls required, by the command's words.
    private(set) var required: [String: Set<String>] = [:]

    /// Reads the help of every command, and of theirs.
    init(_ program: String) async throws { try await read(program, []) }

    private mutating func read(_ program: String, _ path: [String]) async throws {
        let run = try await Run.tool(BuiltPrograms.path(program), path + ["--help"])
        try #require(run.status == 0, "\(path): \(run.errors)")
        required[path.joined(separator: " ")] = Self.required(run.output)
        let subcommands = Self.section("commands", run.output).map { String($0.prefix { $0 != " " }) }
        // One with commands of its own does something itself where it takes words or options.
        if subcommands.isEmpty || run.output.contains(" [COMMAND] ") { commands.append(path.joined(separator: " ")) }
        let examples = Self.section("examples", run.output).map(Self.commandLine)
        for line in examples where !lines.contains(line) { lines.append(line) }
        if examples.isEmpty, subcommands.isEmpty { without.append(path.joined(separator: " ")) }
        for command in subcommands { try await read(program, path + [command]) }
    }

    private static func required(_ help: String) -> Set<String> {
        var (found, option): (Set<String>, String?) = ([], nil)
        for line in help.split(separator: "\n") {
            let first = line.split(separator: " ").first.map(String.init)
            if line.hasPrefix("  "), let first, first.hasPrefix("--") { option = first }
            if line.contains("(required)"), let option { found.insert(option) }
        }
        return found
    }

    /// The entries of a section; what is indented further belongs to the one before.
    private static func section(_ title: String, _ help: String) -> [String] {
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(of: "\(title):") else { return [] }
        return lines[(start + 1)...].prefix { $0.hasPrefix("  ") }.filter { !$0.hasPrefix("   ") }.map {
            String($0.dropFirst(2))
        }
    }

    /// Two blanks end it.
    private static func commandLine(_ entry: String) -> String {
        entry.firstRange(of: "  ").map { String(entry[..<$0.lowerBound]) } ?? entry
    }
}
