// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import Testing

@Suite struct CommandParserTests {
    /// A program with a leaf at the top and a group below it.
    private static let root = Command(
        "gate", "a program for tests", discussion: "Says more in a second paragraph.",
        options: [
            .value("home", "DIR", "where it lives", default: "/var/lib/gate"),
            .choice("output", ["table", "json"], "form of the output", default: "table"),
        ],
        subcommands: [
            Command(
                "apply", "store a file", options: [.value("file", "FILE", "the file"), .flag("dry-run", "only look")]
            ) { _ in .done },
            Command(
                "order", "look at orders",
                options: [.flag("loud", "say more")],
                subcommands: [
                    Command(
                        "list", "all orders",
                        options: [
                            .value("stage", "STAGE", "only this stage", repeats: true),
                            .value("limit", "N", "at most so many", default: "50"),
                        ], examples: [("gate order list --stage pending", "what waits")]
                    ) { _ in .done },
                    Command(
                        "show", "some orders",
                        arguments: [
                            Argument("ORDER", "number of the order"),
                            Argument("MORE", "further orders", optional: true, repeats: true),
                        ]
                    ) { _ in .partlyDone },
                ]),
        ])

    private func parse(_ words: String...) throws -> Invocation {
        guard case .run(_, let invocation) = try CommandParser(Self.root).parse(words) else {
            throw UsageError("a help page came", path: words)
        }
        return invocation
    }

    private func help(_ words: String...) throws -> String {
        guard case .help(let text) = try CommandParser(Self.root).parse(words) else { return "no help page" }
        return text
    }

    /// The page that comes where a command is missing.
    private func incomplete(_ words: String...) throws -> String? {
        guard case .incomplete(let text) = try CommandParser(Self.root).parse(words) else { return nil }
        return text
    }

    @Test func aMissingCommandIsNoRequestForHelp() throws {
        #expect(try incomplete() == help("--help"))
        #expect(try incomplete("order") == help("order", "--help"))
        #expect(try incomplete("order", "help") == nil)
    }

    private func refusal(_ words: String...) -> UsageError? {
        do {
            _ = try CommandParser(Self.root).parse(words)
            return nil
        } catch {
            return error
        }
    }

    @Test func nestedCommandsAreFound() throws {
        let invocation = try parse("order", "show", "12", "13", "14")
        #expect(invocation.path == ["gate", "order", "show"])
        #expect(invocation.requiredWord("ORDER") == "12")
        #expect(invocation.allWords("MORE") == ["13", "14"])
        #expect(try parse("order", "show", "12").word("MORE") == nil)
    }

    @Test func theActionThatRunsIsTheOneNamed() async throws {
        guard case .run(let command, let invocation) = try CommandParser(Self.root).parse(["order", "show", "1"]) else {
            Issue.record("a help page came")
            return
        }
        #expect(try await command.action?(invocation) == .partlyDone)
    }

    @Test func valuesComeBehindTheNameOrAnEqualSign() throws {
        #expect(try parse("order", "list", "--limit", "7").value("limit") == "7")
        #expect(try parse("order", "list", "--limit=7").value("limit") == "7")
        #expect(try parse("apply", "--file=a=b.yaml").value("file") == "a=b.yaml")
        #expect(try parse("apply", "--file=").value("file") == "")
        #expect(try parse("apply", "-f", "-").value("file") == "-")
        #expect(try parse("apply", "-f=gate.yaml").value("file") == "gate.yaml")
    }

    @Test func optionsOfAGroupStandBeforeOrBehindTheCommand() throws {
        for words in [
            ["--home", "/x", "order", "list"], ["order", "--home", "/x", "list"], ["order", "list", "--home=/x"],
        ] {
            guard case .run(_, let invocation) = try CommandParser(Self.root).parse(words) else {
                Issue.record("a help page came for \(words)")
                continue
            }
            #expect(invocation.value("home") == "/x")
            #expect(invocation.path == ["gate", "order", "list"])
        }
        #expect(try parse("order", "--loud", "list").flag("loud"))
        #expect(refusal("--loud", "order", "list")?.message.hasPrefix("unknown option \"--loud\"") == true)
    }

    @Test func absentOptionsHaveTheirDefault() throws {
        let invocation = try parse("order", "list")
        #expect(invocation.value("home") == "/var/lib/gate")
        #expect(invocation.value("limit") == "50")
        #expect(invocation.value("stage") == nil)
        #expect(invocation.allValues("stage") == [])
        #expect(!invocation.flag("loud"))
    }

    @Test func repeatedOptionsAreCollectedAndOthersRefused() throws {
        let invocation = try parse("order", "list", "--stage", "pending", "--stage=issued")
        #expect(invocation.allValues("stage") == ["pending", "issued"])
        #expect(refusal("order", "list", "--limit", "1", "--limit", "2")?.message == "--limit stands twice")
    }

    @Test func twoDashesEndTheOptions() throws {
        let invocation = try parse("order", "show", "--loud", "--", "--help", "-f", "--")
        #expect(invocation.requiredWord("ORDER") == "--help")
        #expect(invocation.allWords("MORE") == ["-f", "--"])
        #expect(invocation.flag("loud"))
    }

    @Test(arguments: [
        (["ordr"], "unknown command \"ordr\"; did you mean \"order\"?", "gate"),
        (["order", "shew", "1"], "unknown command \"shew\"; did you mean \"show\"?", "gate order"),
        (["order", "delete"], "unknown command \"delete\"; known: list, show", "gate order"),
        (["order", "list", "--limt=5"], "unknown option \"--limt\"; did you mean \"--limit\"?", "gate order list"),
        (["apply", "-dry-run"], "unknown option \"-dry-run\"; did you mean \"--dry-run\"?", "gate apply"),
        (["apply", "--output", "jsn"], "unknown value of --output \"jsn\"; did you mean \"json\"?", "gate apply"),
        (["apply", "--output=xml"], "unknown value of --output \"xml\"; known: table, json", "gate apply"),
        (["apply", "--dry-run=yes"], "--dry-run takes no value", "gate apply"),
        (["apply", "--file"], "--file needs a value: FILE", "gate apply"),
        (["order", "show"], "ORDER is missing: number of the order", "gate order show"),
        (["order", "list", "more"], "unexpected word \"more\"", "gate order list"),
    ])
    func mistakesAreNamedWithTheNextStep(_ words: [String], _ message: String, _ path: String) {
        let error = #expect(throws: UsageError.self) { try CommandParser(Self.root).parse(words) }
        #expect(error?.message == message)
        #expect(error?.description == "\(message)\nsee '\(path) --help'")
    }

    /// What stands behind a mistyped name may be a password.
    @Test func theValueOfAnUnknownOptionIsNotRepeated() {
        #expect(refusal("apply", "--pasword=hunter2")?.description.contains("hunter2") == false)
    }

    @Test func numbersHaveARange() throws {
        #expect(try parse("order", "list", "--limit", "7").int("limit") == 7)
        #expect(try parse("order", "list").int("stage") == nil)
        for (text, range, expected) in [
            ("seven", 0...Int.max, "a whole number from 0"), ("-1", 0...Int.max, "a whole number from 0"),
            ("11", 1...10, "a whole number from 1 to 10"), ("", 1...10, "a whole number from 1 to 10"),
            ("99999999999999999999", 0...Int.max, "a whole number from 0"),
        ] {
            let invocation = try parse("order", "list", "--limit=\(text)")
            let error = #expect(throws: UsageError.self) { try invocation.int("limit", in: range) }
            #expect(error?.message == "--limit: found \"\(text)\", expected \(expected)")
        }
    }

    @Test func helpPagesShowWhatTheParserReads() throws {
        #expect(
            try help("--help") == """
                gate: a program for tests

                usage: gate COMMAND [OPTIONS]

                Says more in a second paragraph.

                commands:
                  apply  store a file
                  order  look at orders

                options:
                  --home DIR           where it lives (default: /var/lib/gate)
                  --output table|json  form of the output (default: table)

                """)
        #expect(
            try help("order", "show", "-h") == """
                gate order show: some orders

                usage: gate order show ORDER [MORE…] [OPTIONS]

                arguments:
                  ORDER  number of the order
                  MORE   further orders

                options:
                  --loud               say more
                  --home DIR           where it lives (default: /var/lib/gate)
                  --output table|json  form of the output (default: table)

                """)
        let examples = try help("order", "list", "--help").components(separatedBy: "\n\n").last
        #expect(
            examples == "examples:\n  gate order list --stage pending\n\(String(repeating: " ", count: 34))what waits\n"
        )
    }

    @Test func helpIsFoundFromEverywhere() throws {
        let page = try help("order", "list", "--help")
        #expect(try help("help", "order", "list") == page)
        #expect(try help("order", "help", "list") == page)
        #expect(try help("order", "list", "--limit", "5", "-h") == page)
        #expect(try help("order", "--help") == incomplete("order"))
    }

    @Test func exitStatusesAreThoseOfTheManual() {
        let statuses: [CommandInterface.ExitStatus] = [.done, .failed, .usage, .configurationInvalid, .partlyDone]
        #expect(statuses.map(\.rawValue) == [0, 1, 2, 3, 4])
    }
}
