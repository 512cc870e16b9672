// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Ledger
import Secrets
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// The secret of a backend CA is another account's by the time an order in doubt is looked for: what that account does not
/// have may well be in the one the order left for.
@Suite(.timeLimit(.minutes(5))) struct OtherSecretsTests {
    private static let first = ["apiKey": "key of one account"]
    private static let second = ["apiKey": "key of another account"]
    private static let sentence = "the secrets of backend CA main have changed since the order left"

    /// An answer after which the order may be at the CA and may not, and what it looked like.
    enum Doubt: CaseIterable {
        case lost, unclear, unclearRefusal, refused, unavailable

        var error: ConnectorError {
            switch self {
            case .lost: ConnectorError(.outcomeUnknown, "no answer")
            case .unclear: ConnectorError(.outcomeUnknown, "a page", ifAbsent: .authentication)
            case .unclearRefusal: ConnectorError(.outcomeUnknown, "a page", ifAbsent: .refused)
            case .refused: ConnectorError(.refused, "409")
            case .unavailable: ConnectorError(.transient, "503")
            }
        }
    }

    private func enrolling(_ error: ConnectorError, arrives: Bool = true) -> ScriptedConnector.Enrolling {
        { ca, request in
            if arrives { ca.take(request) }
            throw error
        }
    }

    /// An order that left with the first secret and is in doubt, because the first search failed.
    private func doubtful(_ error: ConnectorError, arrives: Bool = true, secrets: [String: String] = first) async throws
        -> (TestGateway, Int64)
    {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(enrolling(error, arrives: arrives))
        gateway.ca.onFind { _, _ in throw ConnectorError(.transient, "503") }
        let id = try await gateway.plan()
        // Some answers have the CA left alone for a while before it is searched.
        for _ in 0..<3 where !gateway.ca.calls.contains("find") {
            try await gateway.work(with: secrets)
            gateway.clock.advance(1000)
        }
        #expect(gateway.ca.calls == ["enroll", "find"])
        #expect(try await gateway.order(id).stage == .submitted)
        return (gateway, id)
    }

    @Test(arguments: Doubt.allCases, [second, ["apiSecret": "key of one account"], [:]])
    func absenceInAnotherAccountProvesNothing(_ doubt: Doubt, secrets: [String: String]) async throws {
        let (gateway, id) = try await doubtful(doubt.error)
        gateway.ca.onFind { _, _ in .absent }
        try await gateway.work(with: secrets)
        var order = try await gateway.order(id)
        #expect(order.stage == .submitted && order.isHeld, "\(order)")
        let reason = try #require(order.holdReason)
        #expect(reason.contains(Self.sentence))
        for step in ["", " --absent", " --found ID"] {
            #expect(reason.contains("'certway order retry \(order.reference)\(step)'"), "\(reason)")
        }
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        #expect(gateway.ca.calls == ["enroll", "find", "find"])
        // The former secret is put back: the account that the order left for has it.
        try await gateway.ledger.retry(id, by: "test")
        try await gateway.work(with: Self.first)
        order = try await gateway.order(id)
        #expect(order.stage == .active && gateway.ca.orders == [order.reference: 1])
    }

    @Test func absenceInTheSameAccountCounts() async throws {
        let (gateway, id) = try await doubtful(Doubt.lost.error, arrives: false)
        try await gateway.work(with: Self.first)
        let order = try await gateway.order(id)
        #expect(order.stage == .active && order.attempt == 2 && gateway.ca.orders == [order.reference: 1])
    }

    /// It left without a secret, or by a version that marked none.
    @Test func withoutAMarkAbsenceCounts() async throws {
        let (gateway, id) = try await doubtful(Doubt.lost.error, arrives: false, secrets: [:])
        try await gateway.work(with: Self.first)
        #expect(try await gateway.order(id).stage == .active)
    }

    /// Words of the CA that came after the order had left say nothing of the account it is in: who refuses may stand behind
    /// the purchase.
    @Test(arguments: [true, false]) func aRefusalOfTheSecretsIsNoProof(isSearchRefused: Bool) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(enrolling(ConnectorError(.authentication, "access_denied")))
        let failure = ConnectorError(isSearchRefused ? .authentication : .transient, "no search now")
        gateway.ca.onFind({ _, _ in throw failure }, { _, _ in .absent }, { _, _ in .absent })
        let id = try await gateway.plan()
        for secrets in [Self.first, Self.first, Self.second, Self.second] {
            try await gateway.work(with: secrets)
            gateway.clock.advance(1000)
        }
        let order = try await gateway.order(id)
        #expect(order.stage == .submitted && order.isHeld && order.attempt == 1, "\(order)")
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    /// With a mistyped secret nothing leaves, so others are used without a look: the CA is asked a question first.
    @Test func nothingLeavesWithSecretsThatTheCANeverAccepted() async throws {
        let gateway = try await TestGateway()
        let refusal = ConnectorError(.authentication, "no such key")
        gateway.ca.onCheck(refusal, refusal)
        let id = try await gateway.plan()
        for _ in 0..<2 {
            try await gateway.work(with: Self.first)
            let order = try await gateway.order(id)
            #expect(order.stage == .keyed && order.attempt == 0 && order.errorKind == "authentication")
            #expect(gateway.ca.calls.isEmpty)
            gateway.clock.advance(1000)
        }
        try await gateway.work(with: Self.second)
        let order = try await gateway.order(id)
        #expect(order.stage == .active && order.attempt == 1 && gateway.ca.calls == ["enroll"])
        // Known from now on, in the next process, too; whatever else a question fails with is the order's matter.
        gateway.ca.onCheck(refusal)
        try await gateway.restart()
        let next = try await gateway.plan("bob")
        try await gateway.work(with: Self.second)
        #expect(try await gateway.order(next).stage == .active)
    }

    @Test func aQuestionThatFailsOtherwiseKeepsNothingBack() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onCheck(ConnectorError(.transient, "503"), ConnectorError(.configuration, "no right to ask"))
        for name in ["ada", "bob"] {
            let id = try await gateway.plan(name)
            try await gateway.work(with: Self.first)
            #expect(try await gateway.order(id).stage == .active)
        }
    }

    @Test func whatIsFoundCounts() async throws {
        let (gateway, id) = try await doubtful(Doubt.lost.error)
        try await gateway.work(with: Self.second)
        let order = try await gateway.order(id)
        #expect(order.stage == .active && gateway.ca.orders == [order.reference: 1])
    }

    @Test func aPersonsWordCounts() async throws {
        let (gateway, id) = try await doubtful(Doubt.lost.error, arrives: false)
        try await gateway.work(with: Self.second)
        #expect(try await gateway.order(id).isHeld)
        try await gateway.ledger.declareAbsent(id, by: "test")
        try await gateway.work(with: Self.second)
        let order = try await gateway.order(id)
        #expect(order.stage == .active && order.attempt == 2)
        #expect(gateway.ca.calls == ["enroll", "find", "find", "enroll"])
    }

    @Test func theWishToCancelItEndsNothing() async throws {
        let (gateway, id) = try await doubtful(Doubt.lost.error)
        gateway.ca.onFind { _, _ in .absent }
        try await gateway.ledger.requestCancel(id, by: "test")
        try await gateway.work(with: Self.second)
        let order = try await gateway.order(id)
        #expect(order.isHeld && order.stage == .submitted && !order.cancelRequested)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
    }

    /// That a second certificate does no harm was said of one account: whether the secret changes before the repetition is
    /// decided, or between the decision and the call.
    @Test(arguments: [false, true]) func nothingIsRepeatedInAnotherAccount(isDecided: Bool) async throws {
        let gateway = try await TestGateway(abilities: [.poll])
        gateway.ca.repeatLostOrders(after: .seconds(900))
        gateway.ca.onEnroll(enrolling(Doubt.lost.error))
        if isDecided { gateway.ca.beforeGate({ _ in }, { _ in throw ConnectorError(.transient, "no login now") }) }
        let id = try await gateway.plan()
        try await gateway.work(with: Self.first)
        gateway.clock.advance(901)
        if isDecided {
            try await gateway.work(with: Self.first)
            #expect(try await gateway.order(id).stage == .keyed)
            gateway.clock.advance(1000)
        }
        for _ in 0..<3 {
            try await gateway.work(with: Self.second)
            gateway.clock.advance(1000)
        }
        var order = try await gateway.order(id)
        #expect(order.isHeld && order.stage == .submitted && order.attempt == 1, "\(order)")
        #expect(order.holdReason?.contains("the secrets of backend CA main have changed since") == true)
        #expect(gateway.ca.orders == [order.reference: 1])
        guard !isDecided else { return }
        try await gateway.ledger.retry(id, by: "test")
        try await gateway.work(with: Self.first)
        order = try await gateway.order(id)
        #expect(order.stage == .active && order.attempt == 2)
    }
}

extension TestGateway {
    /// One pass with backend CA `main` signing in with these secrets and names.
    func work(
        with secrets: [String: String], names: [String: String]? = nil, connection: String? = nil
    ) async throws {
        guard case .ready(let main)? = backends["main"] else { throw EnrollmentError("there is no main") }
        let registry = BackendCARegistry([
            "main": .ready(
                BackendCA(
                    name: "main", profile: main.profile, connector: main.connector, acceptedRoots: main.acceptedRoots,
                    connection: connection, secrets: secrets.mapValues { Secret($0) }, signInNames: names))
        ])
        try await engine { $0 = $0.with(registry) }.work(until: nil)
    }
}
