// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CommandInterface

/// A command that does something by itself and has subcommands.
@Suite struct SubcommandTests {
    private static let root = Command(
        "gate", "a gate", options: [.value("home", "DIR", "folder")],
        subcommands: [
            Command(
                "plan", "look", options: [.value("limit", "N", "how many", default: "20"), .flag("all", "everybody")],
                subcommands: [
                    Command("approve", "consent", options: [.value("orders", "N", "how many")]) { _ in .done }
                ]
            ) { _ in .done }
        ])

    private func parse(_ words: String...) throws -> (path: [String], invocation: Invocation) {
        guard case .run(_, let invocation) = try CommandParser(Self.root).parse(words) else {
            throw UsageError("help", path: words)
        }
        return (invocation.path, invocation)
    }

    @Test func bothCanBeMeant() throws {
        let plan = try parse("plan", "--limit", "5", "--home", "d")
        #expect(plan.path == ["gate", "plan"] && plan.invocation.value("limit") == "5")
        let approve = try parse("plan", "approve", "--orders", "7", "--home", "d")
        #expect(approve.path == ["gate", "plan", "approve"] && approve.invocation.value("orders") == "7")
        #expect(approve.invocation.value("home") == "d" && approve.invocation.value("limit") == nil)
    }

    @Test(arguments: [
        (["plan", "approve", "--limit", "5"], "unknown option \"--limit\"; known: --orders, --home"),
        (["plan", "--limit", "5", "approve"], "--limit is no option of gate plan approve"),
        (["plan", "--all", "approve"], "--all is no option of gate plan approve"),
        (["plan", "approve", "approve"], "unexpected word \"approve\""),
        (["plan", "aprove"], "unknown command \"aprove\"; did you mean \"approve\"?"),
    ])
    func optionsOfOneAreNotThoseOfTheOther(words: [String], message: String) {
        let error = #expect(throws: UsageError.self) { _ = try CommandParser(Self.root).parse(words) }
        #expect(error?.message == message)
    }

    @Test func theHelpShowsBoth() throws {
        guard case .help(let text) = try CommandParser(Self.root).parse(["plan", "--help"]) else {
            Issue.record("no help")
            return
        }
        #expect(text.contains("usage: gate plan [COMMAND] [OPTIONS]") && text.contains("approve  consent"))
    }
}
