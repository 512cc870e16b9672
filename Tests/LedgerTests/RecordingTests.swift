// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Store
import TestSupport
import Testing

@testable import Ledger

@Suite struct RecordingTests {
    @Test func theWholeWayOfAnOrder() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await temporary.claimed("ada")
        let id = claim.orderID
        let time = temporary.clock.now()

        var order = try await ledger.record(
            claim,
            OrderChange("keyed", "key made").stage(.keyed).sealedKey([1, 2], publicKey: [3], csr: [4]))
        #expect(try await ledger.key(orderID: id) == OrderKey(sealed: [1, 2], publicKey: [3], csr: [4]))
        order = try await ledger.record(
            claim, OrderChange("submitting", "asking the CA").stage(.submitted).submission(at: time))
        #expect(order.attempt == 1 && order.submittedAt == time)
        order = try await ledger.record(
            claim, OrderChange("unreachable", "no answer").failure("transient", nextAction: time.addingTimeInterval(60))
        )
        order = try await ledger.record(
            claim, OrderChange("unreachable", "no answer").failure("transient", nextAction: time.addingTimeInterval(90))
        )
        #expect(order.failures == 2 && order.errorKind == "transient")
        order = try await ledger.record(
            claim,
            OrderChange("pending", "waits for the subscriber", data: ["addresses": 2])
                .nextAction(at: time).waitingFor("subscriber").caOrder("900100", identifiers: ["a": "1"]).stage(
                    .pending))
        #expect(order.failures == 0 && order.errorKind == nil)
        #expect(
            order.nextActionAt == time && order.waitingFor == "subscriber" && order.detail == "waits for the subscriber"
        )
        order = try await ledger.record(
            claim,
            OrderChange("issued", "here").stage(.issued).caOrder(nil, identifiers: ["b": "2"])
                .certificate(.sample(1)).archivedKey(cms: [9], recipients: ["kra"]))
        #expect(order.waitingFor == nil && order.nextActionAt == nil)
        #expect(order.caRequestID == "900100" && order.caIdentifiers == ["a": "1", "b": "2"])
        order = try await ledger.record(
            claim,
            OrderChange("delivered", "in Intune").stage(.delivered).eraseSealedKey().event("erased", "key erased"))
        #expect(try await ledger.key(orderID: id) == OrderKey(sealed: nil, publicKey: [3], csr: [4]))
        order = try await ledger.record(claim, OrderChange("active", "done").stage(.active))
        #expect(order.leaseOwner == nil && order.stage == .active && !order.stage.isFinal)
        #expect(try await ledger.order(id) == order)

        let events = try await ledger.events(id)
        #expect(
            events.map(\.kind) == [
                "planned", "keyed", "submitting", "unreachable", "unreachable", "pending", "issued", "delivered",
                "erased", "active",
            ])
        #expect(events.map(\.sequence) == Array(1...10))
        #expect(events[5].data == ["addresses": 2] && events[5].stage == .pending)

        let certificate = try #require(try await ledger.certificates().first)
        #expect(certificate.id == order.certificateID && certificate.chain == [[1, 2, 3], [4, 5]])
        #expect(certificate.emailAddresses == ["1@example.test"] && certificate.status == .active)
        #expect(try await ledger.archivedKey(orderID: id)?.cms == [9])
        #expect(try await ledger.archivedKey(certificateID: certificate.id)?.recipients == ["kra"])
        await #expect(throws: LedgerError.self) { try await ledger.record(claim, OrderChange("more", "more")) }
        try await temporary.database.judge()
    }

    @Test func aStepThatFailsLeavesNoneOfItsParts() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await temporary.claimed("ada")
        await #expect(throws: LedgerError.self) {
            try await ledger.record(
                claim,
                OrderChange("keyed", "key made").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3])
                    .archivedKey(cms: [1], recipients: []))
        }
        #expect(try await ledger.order(claim.orderID) == claim.order)
        #expect(try await ledger.key(orderID: claim.orderID) == nil)
        #expect(try await ledger.events(claim.orderID).count == 1)
    }

    @Test func aSecondKeyErasesTheFirst() async throws {
        let temporary = try await TemporaryLedger()
        let claim = try await temporary.claimed("ada")
        for key: UInt8 in [1, 2] {
            try await temporary.ledger.record(
                claim, OrderChange("keyed", "key").stage(.keyed).sealedKey([key, key], publicKey: [key], csr: [3]))
        }
        #expect(try await temporary.ledger.key(orderID: claim.orderID)?.publicKey == [2])
        let kept = try await temporary.ledger.database.read { connection in
            try connection.query("SELECT sealed FROM order_keys ORDER BY id", []) { try $0[0] as [UInt8] }
        }
        #expect(kept == [[0, 0], [2, 2]])
    }

    @Test func oneCertificateBelongsToOneOrder() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let issued = OrderChange("issued", "here").stage(.issued).certificate(.sample(1))
        let ada = try await temporary.claimed("ada")
        let first = try await ledger.record(ada, issued)
        #expect(try await ledger.record(ada, issued).certificateID == first.certificateID)
        let bob = try await temporary.claimed("bob")
        await #expect(throws: LedgerError.self) { try await ledger.record(bob, issued) }
        #expect(try await ledger.certificates().count == 1)
    }

    @Test func issuersAreStoredOnce() async throws {
        let temporary = try await TemporaryLedger()
        for number in 1...3 {
            let claim = try await temporary.claimed("user-\(number)")
            try await temporary.ledger.record(
                claim, OrderChange("issued", "here").stage(.issued).certificate(.sample(number)))
        }
        let stored: Int? = try await temporary.database.read {
            try $0.value("SELECT COUNT(*) FROM ca_certificates")
        }
        #expect(stored == 2)
        #expect(try await temporary.ledger.certificates().allSatisfy { $0.chain == [[1, 2, 3], [4, 5]] })
    }

    /// Issuers are looked up by their length first.
    @Test func issuersOfOneLengthAreKeptApart() async throws {
        let temporary = try await TemporaryLedger()
        for number in 1...3 {
            let claim = try await temporary.claimed("user-\(number)")
            let certificate = NewCertificate.sample(number, chain: [[UInt8(number), 2, 3]])
            try await temporary.ledger.record(
                claim, OrderChange("issued", "here").stage(.issued).certificate(certificate))
        }
        let chains = try await temporary.ledger.certificates().map(\.chain)
        #expect(Set(chains) == [[[1, 2, 3]], [[2, 2, 3]], [[3, 2, 3]]])
    }

    @Test(arguments: ["UPDATE order_events SET message = 'never happened'", "DELETE FROM order_events"])
    func eventsCannotBeChanged(_ sql: String) async throws {
        let temporary = try await TemporaryLedger()
        let order = try await temporary.plan("ada")
        let error = await #expect(throws: StoreError.self) {
            try await temporary.database.write { try $0.execute(sql) }
        }
        #expect(error?.code == .constraint)
        #expect(try await temporary.ledger.events(order.id).map(\.message) == ["planned"])
    }

    @Test(.onlySQLite("what was erased stays in the logs and old row versions of a server"))
    func anErasedKeyIsInNoFileAnyMore() async throws {
        let temporary = try await TemporaryLedger(options: .init(checkpointInterval: .milliseconds(50)))
        let ledger = temporary.ledger
        _ = try await ledger.plan(batch: (0..<300).map { .sample("user-\($0)") })
        let claims = try await temporary.claim(limit: 300)
        // A marker repeated through the whole blob: a leftover of any part is found.
        let marker = Array("PLANTED-KEY-BYTE".utf8)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, claim) in claims.enumerated() {
                group.addTask {
                    let sealed = Array(repeatElement(marker, count: 20 + number).joined())
                    try await ledger.record(
                        claim, OrderChange("keyed", "key").stage(.keyed).sealedKey(sealed, publicKey: [], csr: [1]))
                }
            }
            try await group.waitForAll()
        }
        #expect(try temporary.folder.contents().range(of: Data(marker)) != nil)
        // A second key erases the first one.
        let again = OrderChange("keyed", "again").sealedKey(marker, publicKey: [2], csr: [3])
        try await ledger.record(claims[0], again)
        #expect(try await ledger.key(orderID: claims[0].orderID)?.publicKey == [2])

        try await withThrowingTaskGroup(of: Void.self) { group in
            var random = SeededGenerator(seed: TestSeed.choose("the order in which keys are erased"))
            for claim in claims.shuffled(using: &random) {
                group.addTask {
                    try await ledger.record(claim, OrderChange("failed", "no").stage(.failed).eraseSealedKey())
                }
            }
            try await group.waitForAll()
        }
        var isGone = false
        for _ in 0..<400 where !isGone {
            try await Task.sleep(for: .milliseconds(50))
            isGone = try temporary.folder.contents().range(of: Data(marker)) == nil
        }
        #expect(isGone)
        try await temporary.database.judge()
    }
}
