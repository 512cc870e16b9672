// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Drift
import JSONDocuments
import Records
import Testing

@testable import AdminAPI

/// The operations that compare ledger and world, and mend.
@Suite(.timeLimit(.minutes(2))) struct DriftOperationTests {
    private func work(
        _ served: ServedGateway, _ target: String, _ body: JSONValue, key: String? = nil
    ) async throws -> JSONValue {
        let begun = await served.ask(
            "POST", target, body: body, headers: key.map { [("Idempotency-Key", $0)] } ?? [])
        #expect(begun.status == 202, "\(begun.text)")
        return try await served.ended(try #require(begun.json["id"]?.string))
    }

    @Test(arguments: Role.allCases) func eachCellIsAsTheTableHasIt(_ role: Role) async throws {
        let served = try await ServedGateway()
        let permissions = RoleTable.permissions(of: role)
        let cells: [(method: String, target: String, body: JSONValue?, permission: Permission, done: Int)] = [
            ("GET", "/drift", nil, .readServices, 200),
            ("POST", "/drift-reports?dryRun=true", [:], .checkServices, 202),
            ("POST", "/drift-repairs?dryRun=true", ["kinds": ["recordDeleted"]], .runJobs, 202),
        ]
        for cell in cells {
            let answer = await served.ask(cell.method, cell.target, as: role.rawValue, body: cell.body)
            let may = permissions.contains(cell.permission)
            #expect(answer.status == (may ? cell.done : 403), "\(role) \(cell.target): \(answer.text)")
        }
        let refused = AuditFilter(actor: role.rawValue, outcome: .refused)
        let records = try await served.gateway.ledger.audit.records(refused).items
        // A look that is refused is on record only for what is not for everybody; work is always.
        let works = cells.dropFirst().filter { !permissions.contains($0.permission) }
        #expect(records.count >= works.count, "\(records.map(\.action))")
    }

    @Test func aReportOnEverythingIsKept() async throws {
        let served = try await ServedGateway()
        #expect(await served.ask("GET", "/drift").json["report"] == .null)
        let dry = try await work(served, "/drift-reports?dryRun=true", [:])
        #expect(dry["result"]?["dryRun"] == true)
        let part = try await work(served, "/drift-reports", ["sources": ["archive"]])
        #expect(part["state"] == "done" && part["result"]?["places"] != nil, "\(part)")
        #expect(await served.ask("GET", "/drift").json["report"] == .null)
        let all = try await work(served, "/drift-reports", [:])
        #expect(all["state"] == "done", "\(all)")
        let kept = await served.ask("GET", "/drift").json["report"]
        #expect(kept != .null)
        for member in ["readAt", "total"] { #expect(kept?[member] == all["result"]?[member], "\(member)") }
        // Each source is named, also where there is nothing to compare with.
        let sources = Set((kept?["places"]?.array ?? []).compactMap { $0["source"]?.string })
        #expect(!sources.isEmpty && sources.isSubset(of: Set(DriftSource.allCases.map(\.rawValue))))
    }

    @Test func nothingIsMendedThatNobodyHasNamed() async throws {
        let served = try await ServedGateway()
        // By a key each: another wish by a key that was used is refused for that.
        for (key, body) in [("none", [:]), ("sources-alone", ["sources": ["intune"]])] as [(String, JSONValue)] {
            let answer = await served.ask(
                "POST", "/drift-repairs", body: body, headers: [("Idempotency-Key", key)])
            #expect(
                answer.status == 409 && answer.json["detail"]?.string?.contains("nothing is named") == true,
                "\(answer.text)")
        }
        // What cannot be taken back needs a key.
        let keyless = await served.ask("POST", "/drift-repairs", body: ["kinds": ["recordDeleted"]])
        #expect(keyless.status == 400 && keyless.code == "keyMissing")
        let unknown = await served.ask("POST", "/drift-repairs?dryRun=true", body: ["kinds": ["recordDeletd"]])
        #expect(unknown.status == 422 && unknown.text.contains("recordDeleted"), "\(unknown.text)")
    }

    @Test func whatIsFoundOtherwiseThanWasShownIsNotMended() async throws {
        let served = try await ServedGateway()
        let wish: JSONValue = ["kinds": ["recordDeleted"]]
        let shown = try await work(served, "/drift-repairs?dryRun=true", wish)
        #expect(shown["result"]?["total"] == 0 && shown["result"]?["dryRun"] == true, "\(shown)")
        var expecting = wish
        expecting["expect"] = 3
        let other = try await work(served, "/drift-repairs", expecting, key: "other")
        #expect(other["state"] == "failed" && other["problem"]?["code"] == "notPossible", "\(other)")
        #expect(other["problem"]?["detail"]?.string?.contains("3 were expected: nothing was done") == true)
        expecting["expect"] = 0
        let same = try await work(served, "/drift-repairs", expecting, key: "same")
        #expect(same["state"] == "done", "\(same)")
        #expect(same["result"]?["outcomes"] == [])
        let mistyped = try await work(served, "/drift-repairs", ["ids": ["0123456789ab"]], key: "mistyped")
        #expect(mistyped["state"] == "failed")
        #expect(mistyped["problem"]?["detail"]?.string?.contains("there is no difference") == true, "\(mistyped)")
    }
}
