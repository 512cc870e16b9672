// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Records
import Store
import TestSupport
import Testing

@Suite struct ChainTests {
    private let temporary: TemporaryTrail
    private var trail: AuditTrail { temporary.trail }

    private static let tampering = ConditionTrait.onlyWhatIsThere(
        "whoever tampers takes away the triggers of the engine")

    init() async throws { temporary = try await TemporaryTrail() }

    @Test func recordsFollowFromEachOther() async throws {
        try await temporary.fill(3)
        try await trail.record(
            .sample("cw-4", before: ["stage": "pending", "held": false], after: ["stage": "cancelled", "held": false]))
        let records = try await trail.records(after: 0, limit: 10)
        #expect(records.map(\.number) == [1, 2, 3, 4])
        #expect(records.map(\.previous) == [AuditRecord.beginning] + records.dropLast().map(\.hash))
        #expect(records.allSatisfy { $0.digest == $0.hash })
        let last = try #require(records.last)
        #expect(last.before == ["stage": "pending"] && last.after == ["stage": "cancelled"])
        #expect(last.origin == "certway order cancel" && last.node == "node-1" && last.actorKind == "person")
        #expect(last.reason == "left \"us\"\n– früh 🔑")
        let result = try await trail.verify()
        #expect(result.findings.isEmpty && result.count == 4)
        #expect(result.last == AuditMark(number: 4, hash: last.hash))
    }

    /// What happened is on record, what did not happen is not; and a body that is run again leaves one record.
    @Test func aRecordSharesTheFateOfWhatItTells() async throws {
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            try await temporary.recording.write { connection in
                try AuditTrail.record(.sample("cw-1"), on: connection)
                throw Stop()
            }
        }
        try await temporary.fill(1)
        #expect(try await trail.records(after: 0, limit: 10).map(\.objectID) == ["cw-1"])
        #expect(try await trail.lastNumber() == 1)
        await #expect(throws: StoreError.self) {
            try await temporary.database.write { try AuditTrail.record(.sample("cw-2"), on: $0) }
        }
    }

    @Test(Self.tampering) func anEditIsFoundWhateverWasEdited() async throws {
        try await temporary.fill(5)
        let changes = [
            "actor = 'eve'", "actor_kind = 'planner'", "origin = ''", "node = NULL", "action = 'retry.order'",
            "object_kind = 'key'", "object_id = 'cw-9'", "person = NULL", "was = 'no JSON'", "became = '{}'",
            "outcome = 'refused'", "reason = ''", "occurred_at = occurred_at + 1",
        ]
        for (place, change) in changes.enumerated() {
            let fresh = try await TemporaryTrail()
            try await fresh.fill(3)
            try await fresh.tamper("UPDATE audit_records SET \(change) WHERE number = 2")
            let result = try await fresh.trail.verify()
            #expect(result.findings.map(\.kind) == [.edited], "\(place): \(change)")
            #expect(result.findings.map(\.number) == [2], "\(change)")
        }
    }

    @Test(Self.tampering) func aRecordThatWasMadeAnewIsFoundByTheNextOne() async throws {
        try await temporary.fill(3)
        let other = try await TemporaryTrail()
        try await other.trail.record(.sample("cw-other"))
        try await other.trail.record(.sample("cw-other"))
        let forged = try #require(await other.trail.record(2))
        try await temporary.tamper(
            "DELETE FROM audit_records WHERE number = 2",
            """
            INSERT INTO audit_records SELECT 2, occurred_at, actor, actor_kind, origin, node, action, object_kind, object_id, person, \
            was, became, outcome, reason, previous_hash, '\(forged.hash)' FROM audit_records WHERE number = 1
            """)
        #expect(try await trail.verify().findings.contains { $0.number == 2 })
    }

    @Test(Self.tampering) func gapsCutsAndAnotherOrderAreFound() async throws {
        try await temporary.fill(9)
        try await temporary.tamper(
            "DELETE FROM audit_records WHERE number IN (3, 4)",
            "UPDATE audit_records SET number = -1 WHERE number = 6",
            "UPDATE audit_records SET number = 6 WHERE number = 7",
            "UPDATE audit_records SET number = 7 WHERE number = -1", "DELETE FROM audit_records WHERE number = 9")
        let findings = try await trail.verify().findings
        #expect(findings.contains { $0.kind == .gap && $0.number == 3 })
        #expect(findings.contains { $0.kind == .order && $0.number == 6 })
        #expect(findings.contains { $0.kind == .cut && $0.number == 9 })
    }

    /// Whoever cuts the end and sets the counter back, or makes all anew, is found by what was kept outside.
    @Test(Self.tampering) func aMarkOutsideFindsWhatTheChainCannotTell() async throws {
        try await temporary.fill(4)
        let mark = try #require(await trail.verify().last)
        #expect(try await trail.verify(marks: [mark], hashes: [mark.hash]).findings.isEmpty)
        try await temporary.tamper(
            "DELETE FROM audit_records WHERE number > 2",
            "UPDATE id_sequences SET last_id = 2 WHERE name = 'audit_records'")
        #expect(try await trail.verify().findings.isEmpty)
        #expect(try await trail.verify(marks: [mark]).findings.map(\.kind) == [.cut])
        #expect(try await trail.verify(hashes: [mark.hash]).findings.map(\.kind) == [.rewritten])
        try await temporary.fill(2)
        #expect(try await trail.verify().findings.isEmpty)
        #expect(try await trail.verify(marks: [mark]).findings.map(\.kind) == [.rewritten])
    }

    /// An attack must not stop the gateway; it stays visible.
    @Test(Self.tampering) func workGoesOnBehindAMissingEnd() async throws {
        try await temporary.fill(3)
        try await temporary.tamper("DELETE FROM audit_records WHERE number = 3")
        try await temporary.fill(1)
        let result = try await trail.verify()
        #expect(result.findings.map(\.kind) == [.gap] && result.findings.map(\.number) == [3])
        #expect(result.last?.number == 4)
    }

    @Test func nobodyChangesARecordByTheWay() async throws {
        try await temporary.fill(1)
        for change in ["UPDATE audit_records SET reason = 'no'", "DELETE FROM audit_records"] {
            await #expect(throws: StoreError.self) {
                try await temporary.database.write { _ = try $0.execute(change) }
            }
        }
    }

    @Test func severalNodesWriteOneChain() async throws {
        let nodes = [temporary, try await temporary.another(), try await temporary.another()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (place, node) in nodes.enumerated() {
                for number in 0..<20 {
                    group.addTask {
                        try await node.recording.write { connection in
                            try AuditTrail.record(
                                [.sample("cw-\(place)-\(number)-a"), .sample("cw-\(place)-\(number)-b")], on: connection
                            )
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let result = try await trail.verify()
        #expect(result.findings.isEmpty && result.count == 120)
        let ids = try await trail.records(after: 0, limit: 200).map(\.objectID)
        // What one transaction has written stands together.
        #expect(stride(from: 0, to: 120, by: 2).allSatisfy { ids[$0].dropLast() == ids[$0 + 1].dropLast() })
    }

    @Test func manyRecordsOfOneTransactionAreAFewStatements() async throws {
        let counted = CountedDatabase(temporary.database)
        let recording = RecordingDatabase(counted, origin: AuditOrigin(), usesDatabaseTime: true) { Date() }
        try await recording.write { connection in
            try AuditTrail.record((1...500).map { .sample("cw-\($0)") }, on: connection)
        }
        // Counter, head, hash, rows in tens, commit, receipt.
        #expect(counted.roundTrips < 20)
        #expect(try await trail.verify().count == 500)
    }

    @Test func anIndependentJudgeRecomputesTheChain() async throws {
        let odd: JSONValue = [
            "é": "\u{1}\u{7F}\u{2028}", "z": [1, -2, 0.5, true, nil, 9_007_199_254_740_993], "\u{FFFD}": "a",
            "🔑": ["b": "/\\\""],
            "\u{E000}": "",
        ]
        try await temporary.fill(2)
        try await trail.record(.sample("cw-3", before: odd, after: ["z": 1.25]))
        try await trail.record(.sample("cw-\0", after: ["text\0": "\0"]))
        let records = try await trail.records(after: 0, limit: 10)
        #expect(records.allSatisfy { $0.digest == $0.hash })
        #expect(records.map { AuditRecord(json: $0.json) } == records)
        let folder = try TemporaryFolder()
        try records.map { $0.line + "\n" }.joined().write(
            toFile: folder.path("export.jsonl"), atomically: true, encoding: .utf8)
        let verdict = try await Self.judge(folder.path("export.jsonl"))
        #expect(verdict["faults"] == [] && verdict["last"] == 4 && verdict["hash"]?.string == records.last?.hash)

        try records.map { $0.line.replacing("left", with: "stayed") + "\n" }.joined().write(
            toFile: folder.path("edited.jsonl"), atomically: true, encoding: .utf8)
        #expect(try await Self.judge(folder.path("edited.jsonl"))["faults"]?.array?.count == 4)
    }

    private static func judge(_ file: String) async throws -> JSONValue {
        let judge = URL(filePath: #filePath).deletingLastPathComponent().path + "/chain-judge.py"
        return try JSONValue(parsing: try await Tool.run(["python3", judge, file]))
    }
}
