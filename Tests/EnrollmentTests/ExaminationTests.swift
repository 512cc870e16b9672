// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Testing

@testable import Enrollment

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
}
