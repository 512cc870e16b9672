// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Every list goes on, sorts, and prints in the same way.
@Suite(.timeLimit(.minutes(10))) struct ListTests {
    private static let people = 3

    private func gateway() async throws -> GatewayUnderTest {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess([
                "--users", "\(Self.people)", "--only", "tenant", "--only", "digicert-certcentral",
            ]))
        try await gateway.finish()
        return gateway
    }

    /// Items of a list's JSON, which for people stand beside the total.
    private func items(_ run: Run) throws -> [JSONValue] {
        let value = try run.json
        return value.array ?? value["people"]?.array ?? []
    }

    /// A list that ends early says how much there is and how to go on; in tables, JSON and comma-separated values.
    @Test func aListThatGoesOnSaysSo() async throws {
        let gateway = try await gateway()
        for command in [["order", "list"], ["certificate", "list"], ["key", "list"], ["people", "list"]] {
            let part = try await gateway.certway(command + ["--limit", "2"])
            let note = try #require(
                part.output.firstMatch(of: /\n\n(2 of 3; --all shows all, --page (\S+) the next)\n$/),
                "\(command): \(part.output)")
            #expect(part.status == 0)
            var seen: [JSONValue] = []
            var cursor: Substring?
            for page in 1...2 {
                let run = try await gateway.certway(
                    command + ["--limit", "2", "--output", "json"] + (cursor.map { ["--page", String($0)] } ?? []))
                let found = try items(run)
                #expect(found.count == (page == 1 ? 2 : 1), "\(run.output)")
                seen += found
                let say = page == 1 ? "certway: \(note.output.1)\n" : "certway: 3 to 3 of 3\n"
                #expect(run.errors == say, "\(command): \(run.errors)")
                cursor = note.output.2
            }
            for option in [[], ["--limit", "3"], ["--all"]] {
                let whole = try await gateway.certway(command + option)
                #expect(whole.status == 0 && !whole.output.contains("--page"), "\(command): \(whole.output)")
                let json = try await gateway.certway(command + option + ["--output", "json"])
                #expect(try items(json) == seen && json.errors.isEmpty, "\(command): \(json.errors)")
            }
        }
    }

    @Test func whatAListDoesNotHaveIsRefused() async throws {
        let gateway = try await gateway()
        for command in [
            ["order", "list"], ["certificate", "list"], ["key", "list"], ["key", "attempts"], ["people", "list"],
            ["template", "list"],
        ] {
            for (option, words) in [
                ("--limit=0", "--limit: found \"0\""), ("--limit=-1", "found \"-1\""), ("--limit=x", "found \"x\""),
                ("--limit=99999999999999999999", "a whole number from 1"),
                ("--sort=colour", "--sort: found \"colour\""), ("--sort=user:up", "--sort: found \"user:up\""),
                ("--page=3", "the cursor that a page of this list has printed"),
                ("--output=xml", "unknown value of --output \"xml\""),
            ] {
                let run = try await gateway.certway(command + [option])
                #expect(run.status == 2 && run.errors.contains(words), "\(command) \(option): \(run.errors)")
            }
        }
        let order = try await gateway.certway(["order", "list", "--limit", "1", "--sort", "user"])
        let cursor = String(try #require(order.output.firstMatch(of: /--page (\S+) the/)).output.1)
        // Certificates and people are sorted by user, too; and a list with another filter is another list.
        for command in [
            ["order", "list", "--sort", "number"], ["template", "list"], ["certificate", "list"], ["people", "list"],
            ["order", "list", "--stage", "active"],
        ] {
            let run = try await gateway.certway(command + ["--page", cursor])
            #expect(run.status == 2 && run.errors.contains("--page"), "\(command): \(run.errors)")
        }
        let show = try await gateway.certway(["plan", "--output", "csv"])
        #expect(show.status == 2 && show.errors.contains("unknown value of --output \"csv\""), "\(show.errors)")
    }

    /// Both ways, by something that differs.
    @Test func aListSorts() async throws {
        let gateway = try await gateway()
        for command in [["order", "list"], ["certificate", "list"], ["key", "list"], ["people", "list"]] {
            func users(_ sort: String) async throws -> [String] {
                try items(try await gateway.certway(command + ["--sort", sort, "--output", "json"])).compactMap {
                    $0["userPrincipalName"]?.string
                }
            }
            let (up, down) = (try await users("user"), try await users("user:desc"))
            #expect(up.count == Self.people && Set(up).count == Self.people && up == up.sorted(), "\(up)")
            #expect(down == up.reversed())
        }
    }

    /// In a terminal of 80 columns nothing is wider, and what is shown can be typed again.
    @Test(arguments: [80, 120]) func tablesFitTheTerminal(_ columns: Int) async throws {
        let gateway = try await gateway()
        let environment = ["COLUMNS": "\(columns)"]
        for command in [
            ["order", "list"], ["certificate", "list"], ["key", "list"], ["people", "list"], ["template", "list"],
            ["ca", "list"], ["connector", "list"], ["plan"], ["connector", "show", "digicert-certcentral"],
            ["order", "list", "--held"], ["order", "waiting"], ["cost"], ["request", "list"], ["mailbox", "list"],
            ["drift", "report"], ["publication", "list"], ["audit", "list"], ["job", "list"], ["token", "list"],
            ["node", "list"], ["notification", "list"], ["notification", "pending"], ["incident", "list"],
            ["key", "recovery", "list"], ["key", "attempts"], ["exception", "list"], ["rules", "list"],
            ["drift", "kinds"],
        ] {
            let run = try await gateway.certway(command, environment: environment)
            let table = run.output.split(separator: "\n").prefix { !$0.contains("--page") }
            let widest = table.filter { !$0.contains(": ") && !$0.contains("'certway") }.map(\.count).max() ?? 0
            #expect(run.status == 0 && widest <= columns, "\(command): \(run.output)")
        }
        let orders = try await gateway.certway(["order", "list"], environment: environment)
        // What is wrong with one stands beneath it.
        let row = orders.output.split(separator: "\n").first { $0.hasPrefix("cw-") }
        let id = try #require(row?.prefix { $0 != " " }, "\(orders.output)")
        #expect(try await gateway.certway(["order", "show", String(id)]).status == 0, "\(id)")
        let certificates = try await gateway.certway(["certificate", "list"], environment: environment)
        let number = try #require(certificates.output.split(separator: "\n").dropFirst().first?.prefix { $0 != " " })
        for command in [["certificate", "show"], ["key", "show"]] {
            let run = try await gateway.certway(command + [String(number)])
            #expect(run.status == 0, "\(number): \(run.errors)")
        }
        let pipe = try await gateway.certway(["order", "list"])
        #expect(!pipe.output.contains("…"), "\(pipe.output)")
    }

    /// A spreadsheet's reader finds what JSON says, whatever names look like, and computes nothing.
    @Test func commaSeparatedValuesAreReadBack() async throws {
        let gateway = try await gateway()
        let add: JSONValue = [
            "action": "add",
            "properties": [
                "userPrincipalName": "=1+1@sandbox.example", "displayName": "=HYPERLINK(\"http://x\"), \"Eve\"",
                "mail": "eve@sandbox.example", "proxyAddresses": ["SMTP:eve@sandbox.example"],
            ],
        ]
        try await gateway.sandbox.control("/control/people", method: "POST", body: add.text)
        try await gateway.certway(["plan"])
        for command in [
            ["order", "list"], ["certificate", "list"], ["key", "list"], ["people", "list"], ["template", "list"],
            ["ca", "list"], ["connector", "list"],
        ] {
            let csv = try await gateway.certway(command + ["--output", "csv"])
            #expect(csv.status == 0 && csv.output.hasSuffix("\r\n"), "\(command): \(csv.errors)")
            let file = try gateway.folder.write(csv.output, to: "list.csv")
            let read = try await Run.tool(
                "python3",
                [
                    "-c",
                    "import csv, json, sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'), strict=True))))",
                    file,
                ])
            let rows = try JSONValue(parsing: read.output).array ?? []
            let items = try items(try await gateway.certway(command + ["--output", "json"]))
            #expect(rows.count == items.count && !rows.isEmpty, "\(command): \(csv.output)")
            for (row, item) in zip(rows, items) {
                for (name, cell) in row.object ?? [:] {
                    guard let text = cell.string, let value = item[name]?.string else { continue }
                    let isFormula = value.first.map { "=+-@".contains($0) } ?? false
                    #expect(text == (isFormula ? "'" : "") + value, "\(command) \(name)")
                }
            }
        }
        let people = try await gateway.certway(["people", "list", "--output", "csv"])
        #expect(people.output.contains("'=1+1@sandbox.example,"), "\(people.output)")
    }

    /// Groups have the names that people know.
    @Test func templatesNameTheirGroups() async throws {
        let gateway = try await gateway()
        let list = try await gateway.certway(["template", "list", "--output", "json"]).json
        let name = try #require(list[0]?["groupName"]?.string)
        #expect(!name.isEmpty && name != list[0]?["group"]?.string)
        #expect(try await gateway.certway(["template", "list"]).output.contains(name))
    }
}
