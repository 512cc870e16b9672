// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// What a person says about an order at the CA is looked at before it is believed.
@Suite(.timeLimit(.minutes(2))) struct ExaminationTests {
    /// An order whose answer is lost at a CA that cannot be searched.
    private static func held() async throws -> (TestGateway, Order) {
        let gateway = try await TestGateway(abilities: [.poll, .cancel])
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            throw ConnectorError(.outcomeUnknown, "no answer")
        }
        let id = try await gateway.plan()
        try await gateway.work()
        return (gateway, try await gateway.order(id))
    }

    private static func examine(_ gateway: TestGateway, _ order: Order) async throws {
        try await OrderExamination(ledger: gateway.ledger, backends: gateway.backends)
            .requireSame(order, caRequestID: "4711")
    }

    @Test func theCertificateOfOurKeyIsOurs() async throws {
        let (gateway, order) = try await Self.held()
        try await Self.examine(gateway, order)
        try await gateway.ledger.declareFound(order.id, caRequestID: "4711", by: "test")
        try await gateway.work()
        #expect(try await gateway.order(order.id).stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    /// Another system's order: waiting, ended, for another key, or none at all. Nothing changes, here and there.
    @Test(arguments: ["waits", "ended", "foreign", "unknown"])
    func anotherOrderChangesNothing(_ what: String) async throws {
        let (gateway, order) = try await Self.held()
        gateway.ca.onPoll { ca, request in
            let found = CAOrder(caRequestID: "4711")
            switch what {
            case "waits": return .pending(PendingOrder(order: found, waitingFor: .approver))
            case "ended": return .rejected(OrderRejection(order: found, reason: "cancelled by its owner"))
            case "unknown": throw ConnectorError(.refused, "there is no order 4711")
            default:
                var foreign = request
                foreign.csr = try CertificateRequestBuilder(order: order, terms: OrderTerms(json: order.request))
                    .makeSigningRequest(key: .generate(.p256))
                return try ca.issue(foreign)
            }
        }
        let before = try await gateway.order(order.id)
        await #expect(throws: LedgerError.self) { try await Self.examine(gateway, order) }
        #expect(try await gateway.order(order.id) == before)
        #expect(try await gateway.ledger.key(orderID: order.id)?.sealed != nil)
        #expect(!gateway.ca.calls.contains("cancel"))
    }

    /// A pending order that is on record under a wrong id, as a CA that mixes answers up leaves it.
    private static func misnamed() async throws -> (TestGateway, Order) {
        let gateway = try await TestGateway(abilities: [.poll, .cancel])
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .pending(
                PendingOrder(
                    order: CAOrder(caRequestID: "13", identifiers: ["certificate": "99"]), waitingFor: .approver,
                    retryAfter: .seconds(60)))
        }
        gateway.ca.onPoll { _, _ in throw ConnectorError(.transient, "there is no order 13") }
        let id = try await gateway.plan()
        try await gateway.work()
        gateway.clock.advance(100)
        try await gateway.work()
        return (gateway, try await gateway.order(id))
    }

    /// Its id is corrected when the CA's order proves to be ours, with all that went with the wrong one.
    @Test func aWrongIDIsCorrected() async throws {
        let (gateway, order) = try await Self.misnamed()
        #expect(order.stage == .pending && order.caRequestID == "13")
        await #expect(throws: LedgerError.self) {
            try await gateway.ledger.requireFindable(order.id, caRequestID: "13")
        }
        try await gateway.ledger.requireFindable(order.id, caRequestID: "4711")
        try await Self.examine(gateway, order)
        let corrected = try await gateway.ledger.declareFound(order.id, caRequestID: "4711", by: "test")
        #expect(corrected.caRequestID == "4711" && corrected.caIdentifiers.isEmpty && corrected.errorKind == nil)
        try await gateway.work()
        #expect(try await gateway.order(order.id).stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    @Test(arguments: ["waits", "ended", "foreign", "inHand", "others"])
    func nothingElseChangesAnID(_ what: String) async throws {
        let (gateway, order) = try await Self.misnamed()
        let found = CAOrder(caRequestID: "4711")
        switch what {
        case "waits": gateway.ca.onPoll { _, _ in .pending(PendingOrder(order: found, waitingFor: .approver)) }
        case "ended": gateway.ca.onPoll { _, _ in .rejected(OrderRejection(order: found, reason: "ended")) }
        case "foreign":
            gateway.ca.onPoll { ca, request in
                var foreign = request
                foreign.csr = try CertificateRequestBuilder(order: order, terms: OrderTerms(json: order.request))
                    .makeSigningRequest(key: .generate(.p256))
                return try ca.issue(foreign)
            }
        case "others":
            gateway.ca.onEnroll { _, _ in .pending(PendingOrder(order: found, waitingFor: .approver)) }
            try await gateway.plan("bob")
            try await gateway.work()
        default:
            gateway.clock.advance(10_000)
            #expect(
                try await gateway.ledger.claim(limit: 1, owner: "another", leaseFor: .seconds(60)).count == 1)
        }
        let before = try await gateway.order(order.id)
        await #expect(throws: LedgerError.self) {
            try await gateway.ledger.requireFindable(order.id, caRequestID: "4711")
            if what != "others" { try await Self.examine(gateway, order) }
            try await gateway.ledger.declareFound(order.id, caRequestID: "4711", by: "test")
        }
        #expect(try await gateway.order(order.id) == before)
        #expect(try await gateway.ledger.key(orderID: order.id)?.sealed != nil)
    }
}
