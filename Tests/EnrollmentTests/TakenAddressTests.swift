// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Testing

@testable import Fulfilment
@testable import Ledger
@testable import Planning

/// What names an address that is somebody else's now ends, and nothing beside it.
@Suite(.timeLimit(.minutes(5))) struct TakenAddressTests {
    private let gateway: TestGateway

    /// Three people with a certificate in use.
    init() async throws {
        gateway = try await TestGateway()
        for name in ["ada", "bob", "cyd"] { try await gateway.put(name, TestGateway.attributes(name)) }
        try await pass()
        #expect(try await stages("ada") == [.active])
    }

    @discardableResult
    private func pass() async throws -> PlanSummary {
        let template = try TestGateway.template()
        let summary = try await gateway.planner.plan(template, product: nil)
        _ = try await gateway.planner.end(template)
        _ = try await gateway.planner.order(template, limit: 1000)
        try await gateway.work()
        return summary
    }

    /// Whether each certificate is taken from the devices.
    private func withdrawals(_ name: String) async throws -> [Bool] {
        let ids = try await orders(name).compactMap(\.certificateID)
        let asked = try await gateway.ledger.standingActions(certificateIDs: ids)
        return ids.map { asked[$0]?.contains { $0.kind == .withdraw } ?? false }
    }

    private func stages(_ name: String) async throws -> [OrderStage] { try await orders(name).map(\.stage) }

    /// Oldest first.
    private func orders(_ name: String) async throws -> [Order] {
        try await gateway.ledger.orders(OrderFilter(limit: 100)).filter { $0.subscriberID == name }.reversed()
    }

    private func give(_ proxies: [String], to name: String) async throws {
        var attributes = TestGateway.attributes(name)
        let addresses = ["\(name)@example.test"] + proxies
        attributes["proxyAddresses"] = JSONValue(addresses.enumerated().map { ($0 == 0 ? "SMTP:" : "smtp:") + $1 })
        try await gateway.put(name, attributes)
    }

    private func revocations(_ name: String) async throws -> [Bool] {
        let ids = try await orders(name).compactMap(\.certificateID)
        let asked = try await gateway.ledger.standingActions(certificateIDs: ids)
        return ids.map { asked[$0]?.contains { $0.kind == .revoke } ?? false }
    }

    private static let pending: ScriptedConnector.Enrolling = { ca, request in
        ca.take(request)
        return .pending(PendingOrder(order: CAOrder(caRequestID: "1"), waitingFor: .approver, retryAfter: .seconds(60)))
    }

    @Test func anOrderThatNamesItIsCancelledAndTheCertificateInUseStays() async throws {
        gateway.ca.onEnroll(Self.pending)
        try await give(["boss@example.test"], to: "ada")
        try await pass()
        #expect(try await stages("ada") == [.active, .pending])
        // A mistake, mended: the address goes where it belongs.
        try await give([], to: "ada")
        try await give(["boss@example.test"], to: "bob")
        #expect(try await pass().actions == [.cancel: 1, .replace: 1])
        #expect(try await stages("ada") == [.active, .cancelled])
        #expect(try await revocations("ada") == [false])
        #expect(try await pass().actions.filter { $0.key != .revokeReplaced }.isEmpty)
    }

    /// What has never left the gateway is withdrawn by who looks before it leaves.
    @Test func anOrderThatHasNotLeftTakesNothing() async throws {
        try await give(["boss@example.test"], to: "ada")
        let template = try TestGateway.template()
        _ = try await gateway.planner.plan(template, product: nil)
        #expect(try await gateway.planner.order(template, limit: 10) == 1)
        try await give([], to: "ada")
        try await give(["boss@example.test"], to: "bob")
        #expect(try await gateway.planner.plan(template, product: nil).actions == [.replace: 1])
        _ = try await gateway.planner.end(template)
        #expect(try await revocations("ada") == [false])
    }

    /// Of the certificates of somebody who is there, those that say it.
    @Test func formerCertificatesThatDoNotNameItStay() async throws {
        try await give(["boss@example.test"], to: "ada")
        try await pass()
        #expect(try await stages("ada") == [.superseded, .active])
        try await give([], to: "ada")
        try await give(["boss@example.test"], to: "bob")
        #expect(try await pass().actions[.revoke] == 1)
        #expect(try await revocations("ada") == [false, true])
    }

    /// Nor do their keys leave the devices: mail of before is the person's own. All of whoever has left goes.
    @Test(arguments: [false, true]) func whatDoesNotNameItStaysOnTheDevices(hasLeft: Bool) async throws {
        try await give(["boss@example.test"], to: "ada")
        try await pass()
        try await give([], to: "ada")
        if hasLeft { try await gateway.put("ada", TestGateway.attributes("ada"), isPresent: false) }
        try await give(["boss@example.test"], to: "bob")
        var template = try TestGateway.template()
        (template.delivery, template.life.departureGrace) = (.intune, Duration.zero)
        _ = try await gateway.planner.plan(template, product: nil)
        _ = try await gateway.planner.end(template)
        #expect(try await withdrawals("ada") == [hasLeft, true])
        #expect(try await revocations("ada") == [hasLeft, true])
    }

    /// What was asked for a later time waits for a person where it may have been taken back since: after a copy was put back.
    @Test func whatWasAskedForALaterTimeIsHeld() async throws {
        let ids = try await orders("ada").compactMap(\.certificateID) + orders("bob").compactMap(\.certificateID)
        _ = try await gateway.ledger.ask([
            .revoke(
                certificateID: ids[0], reason: .superseded, cause: "later", actor: "eve",
                notBefore: gateway.clock.now() + 3600),
            .revoke(certificateID: ids[1], reason: .superseded, cause: "now", actor: "eve"),
        ])
        #expect(try await gateway.ledger.holdDelayedActions(by: "the gateway", because: "an older copy") == 1)
        #expect(try await gateway.ledger.holdDelayedActions(by: "the gateway", because: "an older copy") == 0)
        let standing = try await gateway.ledger.standingActions(certificateIDs: ids)
        let (later, soon) = (try #require(standing[ids[0]]?.first), try #require(standing[ids[1]]?.first))
        #expect(later.isHeld && later.holdReason?.contains("undo-revocation") == true && !soon.isHeld)
        gateway.clock.advance(7200)
        try await gateway.work()
        #expect(try await gateway.ledger.action(later.id)?.state == .asked)
        _ = try await gateway.ledger.retry(action: later.id, by: "eve")
        #expect(try await gateway.ledger.action(later.id)?.isHeld == false)
    }

    /// What has changed while a revocation waited for its time is carried out once that is taken back.
    @Test func whatChangedBesideARevocationIsNotForgotten() async throws {
        let id = try #require(try await orders("ada").first?.certificateID)
        let action = try #require(
            try await gateway.ledger.ask([
                .revoke(
                    certificateID: id, reason: .superseded, cause: "a mistake", actor: "eve",
                    notBefore: gateway.clock.now() + 40 * 3600)
            ]).first)
        try await give(["new@example.test"], to: "ada")
        #expect(try await pass().actions[.replace] == nil)
        _ = try await gateway.ledger.undo(action.id, by: "eve")
        #expect(try await pass().actions[.replace] == 1)
        #expect(try await stages("ada") == [.superseded, .active])
    }
}
