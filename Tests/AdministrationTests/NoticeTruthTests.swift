// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HandOver
import Ledger
import Notification
import Secrets
import Testing

@testable import Gateway

/// What a notice tells of is looked at once more before it leaves: what is over by then is told to nobody.
@Suite(.timeLimit(.minutes(5))) struct NoticeTruthTests {
    private let office: Office
    private let gateway: Gateway

    init() async throws {
        office = try await Office()
        gateway = try await office.gateway()
    }

    private func isOver(
        _ event: NoticeEvent, _ about: String, _ values: [String: String] = [:]
    ) async throws -> String? {
        let now = gateway.ledger.clock.now()
        try await gateway.database.write { connection in
            try NoticeOutbox.post(
                event: event, about: about, to: .address("ada@example.org"), values: values, at: now, in: connection)
        }
        let notice = try #require(
            try await gateway.notices.list(event: event).items.first { $0.about == about })
        return try await NoticeTruth(ledger: gateway.ledger, packages: gateway.packages).isOver(notice)
    }

    @Test func anOfferThatWasTakenBackIsNotTold() async throws {
        let packages = gateway.packages
        let prepared = try packages.prepare(
            NewPackage(
                .handOver, about: "certificate 1", for: .person(id: "ada"), named: "ada@example.org", by: "eve",
                lifetime: 3600, fileName: "certificate.p12", mediaType: "application/x-pkcs12"),
            content: Secret([1, 2, 3]))
        let package = try await gateway.database.write { try packages.offer(prepared, on: $0) }
        #expect(try await isOver(.handedOver, "package \(package.id)") == nil)
        _ = try await packages.withdraw(package, by: "eve", because: "the wrong device")
        #expect(try await isOver(.handedOver, "package \(package.id)")?.contains("withdrawn") == true)
        // What never was an offer is not judged by its name.
        #expect(try await isOver(.handedOver, "package of tea") == nil)
    }

    @Test func anOrderThatWentOnIsNotTold() async throws {
        let held = try await office.order("ada", .pending, hold: "look at this")
        let free = try await office.order("bob", .pending)
        let tell = { (order: Order) in
            try await isOver(.failed, "order \(order.reference) event 1", ["reference": order.reference])
        }
        #expect(try await tell(held) == nil)
        #expect(try await tell(free)?.contains("not held any more") == true)
        #expect(try await isOver(.waiting, "order \(free.reference)", ["reference": free.reference]) != nil)
        // It is on no device, whatever was posted.
        #expect(try await isOver(.issued, "order \(free.reference)", ["reference": free.reference]) != nil)
    }

    @Test func whatHappenedIsToldAndWhatIsRevokedEndsNoMore() async throws {
        let now = gateway.ledger.clock.now()
        try await office.issue("ada", by: (office.root, office.rootKey), at: now - 60, .active)
        let record = try await gateway.ledger.certificates()[0]
        let reference = try #require(try await gateway.ledger.order(record.orderID)).reference
        #expect(try await isOver(.issued, "order \(reference)", ["reference": reference]) == nil)
        #expect(try await isOver(.expiring, "certificate \(record.id)") == nil)
        _ = try await gateway.ledger.noteRevocations(
            [
                RevokedCertificate(
                    serialNumber: record.serialNumber, issuer: record.issuer, reason: "superseded", at: now)
            ], backendCA: "one")
        #expect(try await isOver(.renewed, "order \(reference)", ["reference": reference])?.contains("revoked") == true)
        #expect(try await isOver(.expiring, "certificate \(record.id)")?.contains("revoked") == true)
        #expect(try await isOver(.revoked, "order \(reference)", ["reference": reference]) == nil)
    }
}
