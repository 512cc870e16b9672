// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments
import Records
import TestSupport
import Testing

@testable import AdminAPI
@testable import Administration

/// Lists as files.
@Suite(.timeLimit(.minutes(2))) struct ExportTests {
    /// More than two pages of the export.
    private static let people = 1203

    private func asked(
        _ served: ServedGateway, _ list: String, _ format: String, _ query: String = "", as role: String = "auditor",
        dryRun: Bool = false
    ) async throws -> JSONValue {
        let answer = await served.ask(
            "POST", dryRun ? "/exports?dryRun=true" : "/exports", as: role,
            body: ["list": .string(list), "format": .string(format), "query": .string(query)])
        #expect(answer.status == 202, "\(answer.text)")
        let id = try #require(answer.json["id"]?.string)
        return try await served.ended(id, as: role)["result"] ?? .null
    }

    /// Over a real connection, as a browser does.
    private func fetched(_ served: ServedGateway, _ file: JSONValue?, as role: String = "auditor") async throws
        -> String
    {
        let server = try HTTPServer(listen: .loopback) { [api = served.api] in await api.answer($0) }
        defer { server.stop() }
        let run = try await Run.tool(
            "curl", ["-sS", "-f", "-H", "X-Test-Role: \(role)", "\(server.url)/api/v1\(file?.string ?? "")"])
        return run.output
    }

    @Test func aListComesWholeAndByItsFilter() async throws {
        let served = try await ServedGateway()
        let names = (0..<Self.people).map { "p\($0)" }
        try await served.order(names + ["=1+1"])
        try await served.order(["other"], template: "logon")
        let made = try await asked(served, "orders", "csv", "template=smime&sort=userPrincipalName&limit=7")
        #expect(made["rows"]?.int == Self.people + 1 && made["fileName"]?.string?.hasPrefix("orders-") == true)
        let lines = try await fetched(served, made["file"]).split(separator: "\r\n").map(String.init)
        #expect(lines.first == "\u{FEFF}" + ExportedList.orders.columns.joined(separator: ","))
        let people = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false)[2] }
        // What a spreadsheet would compute is text there.
        #expect(people.first == "'=1+1@example.test")
        #expect(people.dropFirst().map(String.init) == names.map { "\($0)@example.test" }.sorted())

        let json = try await asked(served, "orders", "json", "template=logon")
        let items = try JSONValue(parsing: try await fetched(served, json["file"]))
        #expect(items.array?.count == 1 && items[0]?["userPrincipalName"] == "other@example.test")
        let none = try await asked(served, "certificates", "json")
        #expect(try JSONValue(parsing: try await fetched(served, none["file"])) == [])
    }

    @Test func everyListCanBeHad() async throws {
        let served = try await ServedGateway()
        for list in ExportedList.allCases {
            let operation = APIOperation.list(list)
            #expect(operation.path.hasSuffix(list == .auditRecords ? "audit-records" : list.rawValue))
            #expect(operation.permission == list.permission)
            // Each column is a member of an item, or of its templates.
            guard case .list(let item, _) = operation.answer else {
                Issue.record("\(list) is no list")
                continue
            }
            let inner = item.fields.first { $0.name == "templates" }
            var names = Set(item.fields.map(\.name))
            if case .list(let standing, _) = inner?.schema { names.formUnion(standing.fields.map(\.name)) }
            #expect(Set(list.columns).subtracting(names) == [], "\(list)")
            let made = try await asked(served, list.rawValue, "csv")
            #expect(try await fetched(served, made["file"]).contains(list.columns.joined(separator: ",")))
        }
    }

    @Test func peopleHaveARowForEachTemplate() {
        let rows = ExportedList.people.rows([
            "userPrincipalName": "ada@example.test", "displayName": "Ada", "addresses": ["a@x", "b@x"],
            "accountEnabled": true,
            "templates": [["template": "smime", "status": "inUse"], ["template": "logon", "status": "held"]],
        ])
        #expect(rows.map { $0[5] } == ["smime", "logon"] && rows.allSatisfy { $0[0] == "ada@example.test" })
        #expect(rows[0][3] == "a@x, b@x" && rows[0][4] == "true")
    }

    @Test func whoAsksIsOnRecordAndAloneMayFetch() async throws {
        let served = try await ServedGateway()
        try await served.order(["ada"])
        #expect(try await asked(served, "orders", "csv", dryRun: true)["file"] == .null)
        let made = try await asked(served, "orders", "csv", "text=ada")
        let filter = AuditFilter(actions: [AuditAction.exportList.rawValue])
        let records = try await served.gateway.ledger.audit.records(filter).items
        #expect(records.map(\.objectID) == ["orders"] && records[0].actor == "auditor")
        #expect(records[0].after == ["format": "csv", "query": "text=ada", "rows": 1])

        let file = try #require(made["file"]?.string)
        #expect(await served.ask("GET", file, as: "administrator").status == 404)
        #expect(await served.ask("GET", file, as: "helpdesk").status == 403)
        #expect(await served.ask("GET", "/exports/none", as: "auditor").status == 404)
        let refused = await served.ask("POST", "/exports", as: "helpdesk", body: ["list": "orders", "format": "csv"])
        #expect(refused.status == 403)
    }

    @Test(arguments: [("status=activ", "active"), ("stat=active", "status"), ("template=%FF", "no text")])
    func aFilterThatTheListHasNotIsRefused(_ query: String, _ hint: String) async throws {
        let served = try await ServedGateway()
        let answer = await served.ask(
            "POST", "/exports", body: ["list": "certificates", "format": "csv", "query": .string(query)])
        #expect(answer.status == 422 && answer.json["errors"]?[0]?["pointer"] == "/query", "\(answer.text)")
        #expect(answer.text.contains(hint))
    }
}
