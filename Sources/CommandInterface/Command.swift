// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One command of a program, as data: parser and help read the same declaration.
public struct Command: Sendable {
    public typealias Action = @Sendable (Invocation) async throws -> ExitStatus

    public let name: String
    /// One line, lower case, no full stop.
    public let summary: String
    /// Further paragraphs of the help.
    public let discussion: String
    public let arguments: [Argument]
    public let options: [Option]
    /// Command lines with what each does.
    public let examples: [(line: String, does: String)]
    public let subcommands: [Command]
    /// Options that people look for here, such as `dry-run`, and what does it instead; a whole sentence each.
    public let elsewhere: [String: String]
    public let action: Action?

    /// A command that does something; `options` are its own and not those of its subcommands, which need their name as
    /// the first word.
    public init(
        _ name: String, _ summary: String, discussion: String = "", arguments: [Argument] = [], options: [Option] = [],
        examples: [(line: String, does: String)] = [], subcommands: [Command] = [], elsewhere: [String: String] = [:],
        action: @escaping Action
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.arguments = arguments
        self.options = options
        self.examples = examples
        self.subcommands = subcommands
        self.elsewhere = elsewhere
        self.action = action
    }

    /// A group of commands; `options` are understood by each of them.
    public init(
        _ name: String, _ summary: String, discussion: String = "", options: [Option] = [],
        examples: [(line: String, does: String)] = [], subcommands: [Command]
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        arguments = []
        self.options = options
        self.examples = examples
        self.subcommands = subcommands
        elsewhere = [:]
        action = nil
    }
}
