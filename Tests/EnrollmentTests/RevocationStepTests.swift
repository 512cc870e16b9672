// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import Ledger
import PKIX
import TestSupport
import Testing

@testable import Fulfilment
@testable import Planning

/// A revocation on its way: to the CA, whatever it says, and into what the CA publishes.
@Suite(.timeLimit(.minutes(5))) struct RevocationStepTests {
    private static let address = "http://ca.example.test/list.crl"

    private struct Scene {
        let gateway: TestGateway
        let list = Noted<[CertificateRevocationList.Entry]?>([])
        let reads = Noted(0)
        let id: Int64
        let order: Order

        init(abilities: [ConnectorAbility] = [.poll, .revoke], names address: String? = address) async throws {
            gateway = try await TestGateway(abilities: abilities)
            gateway.ca.onEnroll { ca, request in
                ca.take(request)
                return try ca.issue(request) { $0.crlDistributionPoints = address.map { [$0] } ?? [] }
            }
            let planned = try await gateway.plan()
            try await gateway.work()
            order = try await gateway.order(planned)
            try #require(order.stage == .active)
            id = try await gateway.ledger.ask(
                .revoke(
                    certificateID: order.certificateID ?? 0, reason: .keyCompromise, cause: "stolen", actor: "admin")
            ).id
        }

        /// A pass, with a list that has what `list` says; nil for a server that is away.
        func work() async throws {
            let (authority, clock, list, reads) = (gateway.ca.authority, gateway.clock, list, reads)
            let client = ScriptedClient { _, _ throws(HTTPTransportError) in
                reads.change { $0 += 1 }
                guard let entries = list.value,
                    let made = try? CertificateRevocationList.make(
                        issuer: authority.issuer, key: authority.key, number: 1, thisUpdate: clock.now() - 1,
                        nextUpdate: clock.now() + 86_400, entries: entries)
                else { return HTTPResponse(503) }
                return HTTPResponse(status: 200, body: made.der)
            }
            try await gateway.engine(lease: .seconds(300)) { $0.revocationReader = RevocationReader(client) }
                .work(until: nil)
        }

        func publish() async throws {
            let record = try #require(try await gateway.ledger.certificate(order.certificateID ?? 0))
            let serial = try #require(SerialNumber(hex: record.serialNumber))
            let date = gateway.clock.now() - 5
            list.change { $0 = [.init(serialNumber: serial, revocationDate: date, reasonCode: 1)] }
        }

        func action() async throws -> CertificateAction { try #require(try await gateway.ledger.action(id)) }
        var revocations: Int { gateway.ca.calls.filter { $0.hasPrefix("revoke") }.count }
    }

    @Test func takenAndSeen() async throws {
        let scene = try await Scene()
        try await scene.work()
        var action = try await scene.action()
        #expect(action.state == .done && action.takenAt != nil && action.seenAt == nil && action.looks == 1)
        #expect(try await scene.gateway.order(scene.order.id).stage == .revoked)
        try await scene.publish()
        try await scene.work()
        #expect(try await scene.action().seenAt == nil, "not looked at before its time")
        scene.gateway.clock.advance(40)
        try await scene.work()
        action = try await scene.action()
        #expect(action.seenAt != nil && action.seenIn == Self.address && action.looks == 2)
        #expect(scene.revocations == 1)
        let kinds = try await scene.gateway.kinds(scene.order.id).suffix(4)
        #expect(kinds == ["revocationAsked", "revoking", "revoked", "revocationSeen"])
        scene.gateway.clock.advance(1_000_000)
        try await scene.work()
        #expect(scene.reads.value == 2)
    }

    /// Said once, and looked at for as long as the certificate would be valid.
    @Test func whatNobodySeesIsSaid() async throws {
        let scene = try await Scene()
        try await scene.work()
        for _ in 0..<30 {
            scene.gateway.clock.advance(86_400)
            try await scene.work()
        }
        let action = try await scene.action()
        #expect(action.seenAt == nil && action.errorKind == "unseen" && action.detail?.contains("not in") == true)
        #expect(try await scene.gateway.kinds(scene.order.id).filter { $0 == "revocationUnseen" }.count == 1)
        let told = try await scene.gateway.ledger.actionObstacles(failedSince: .distantPast)
        #expect(told.count == 1 && told[0].cause.contains("since"))
        try await scene.publish()
        scene.gateway.clock.advance(86_400)
        try await scene.work()
        #expect(try await scene.action().seenAt != nil)
        #expect(try await scene.gateway.ledger.actionObstacles(failedSince: .distantPast).isEmpty)
    }

    @Test(arguments: [ConnectorError.Kind.transient, .throttled, .outcomeUnknown, .authentication, .configuration])
    func whatFailsIsRepeated(_ kind: ConnectorError.Kind) async throws {
        let scene = try await Scene()
        scene.gateway.ca.onRevoke { _ in throw ConnectorError(kind, "no") }
        try await scene.work()
        var action = try await scene.action()
        #expect(action.state == .doing && action.errorKind == kind.rawValue && action.failures == 1)
        await #expect(throws: LedgerError.self) {
            try await scene.gateway.ledger.undo(scene.id, by: "admin")
        }
        scene.gateway.clock.advance(3600)
        try await scene.work()
        action = try await scene.action()
        #expect(action.state == .done && action.attempts == 2 && scene.revocations == 2)
    }

    /// Some CAs refuse what is revoked already; their list tells which refusal it is.
    @Test(arguments: [false, true])
    func aRefusalIsJudgedByTheList(isRevoked: Bool) async throws {
        let scene = try await Scene()
        scene.gateway.ca.onRevoke { _ in throw ConnectorError(.refused, "cannot be revoked") }
        if isRevoked { try await scene.publish() }
        try await scene.work()
        let action = try await scene.action()
        #expect(action.state == (isRevoked ? .done : .failed))
        #expect(try await scene.gateway.order(scene.order.id).stage == (isRevoked ? .revoked : .active))
        #expect(
            try await scene.gateway.ledger.actionObstacles(failedSince: .distantPast).count == (isRevoked ? 0 : 1))
    }

    @Test func whatWaitsForAnApprovalIsAskedForAgain() async throws {
        let scene = try await Scene()
        scene.gateway.ca.onRevoke({ _ in .pending("waits for an officer") }, { _ in .pending("waits for an officer") })
        try await scene.work()
        #expect(try await scene.action().detail == "waits for an officer")
        for _ in 0..<2 {
            scene.gateway.clock.advance(86_400)
            try await scene.work()
        }
        #expect(try await scene.action().state == .done)
        let kinds = try await scene.gateway.kinds(scene.order.id)
        #expect(kinds.filter { $0 == "revocationPending" }.count == 1)
    }

    /// A person has to do it; that it has happened is noticed by the list.
    @Test func aCAThatCannotRevokeIsAPersonsJob() async throws {
        let scene = try await Scene(abilities: [.poll])
        try await scene.work()
        #expect(try await scene.action().isHeld && scene.revocations == 0)
        let told = try await scene.gateway.ledger.actionObstacles(failedSince: .distantPast)
        #expect(told.count == 1 && told[0].isHeld)
        scene.gateway.clock.advance(4000)
        try await scene.work()
        #expect(try await scene.action().isHeld)
        try await scene.publish()
        scene.gateway.clock.advance(4000)
        try await scene.work()
        let action = try await scene.action()
        #expect(action.state == .done && !action.isHeld && action.seenAt != nil && scene.revocations == 0)
        #expect(try await scene.gateway.order(scene.order.id).stage == .revoked)
    }

    /// What a person has asked for and the CA refuses is told of at each pass, for a week; then the person knows.
    @Test func aRefusalIsToldOfForAWeek() async throws {
        let scene = try await Scene()
        scene.gateway.ca.onRevoke({ _ in throw ConnectorError(.refused, "not by you") })
        try await scene.work()
        #expect(try await scene.action().state == .failed)
        for (later, isTold) in [(60.0, true), (6 * 86_400, true), (2 * 86_400, false)] {
            scene.gateway.clock.advance(later)
            let told = try await scene.gateway.ledger.actionObstacles(failedSince: scene.gateway.clock.now())
            #expect(told.count == (isTold ? 1 : 0), "\(later)")
        }
    }

    @Test func aCertificateThatNamesNoListIsNotLookedFor() async throws {
        let scene = try await Scene(names: nil)
        try await scene.work()
        let action = try await scene.action()
        #expect(action.state == .done && action.workAt == nil && scene.reads.value == 0)
    }

    /// A list by somebody else proves nothing.
    @Test func aListOfAnotherSignerIsNotBelieved() async throws {
        let scene = try await Scene()
        scene.list.change { $0 = nil }
        try await scene.work()
        #expect(try await scene.action().detail?.contains("cannot be read") == true)
    }

    /// The planner asks for a reason without knowing whom.
    @Test func aCAIsToldAReasonThatItTakes() {
        let few: [RevocationReason] = [.unspecified, .keyCompromise, .superseded]
        #expect(RevokeStep.reason(.affiliationChanged, few) == .unspecified)
        #expect(RevokeStep.reason(.superseded, few) == .superseded)
        #expect(RevokeStep.reason(.superseded, [.keyCompromise, .cessationOfOperation]) == .cessationOfOperation)
        #expect(RevokeStep.reason(.affiliationChanged, []) == .affiliationChanged, "nobody knows what it takes")
        // Nothing worse is said than was meant, and nothing else of a key that is out.
        #expect(RevokeStep.reason(.affiliationChanged, [.keyCompromise]) == nil)
        #expect(RevokeStep.reason(.keyCompromise, [.unspecified, .superseded]) == nil)
    }

    /// Some responders know GET alone.
    @Test func aResponderThatTakesNoPostIsAskedByGet() async throws {
        let date = Date(timeIntervalSince1970: 1_800_000_000)
        let authority = try TestAuthority(now: date)
        var builder = CertificateBuilder(
            profile: .smime, subject: [("CN", "Gone")], publicKey: try PrivateKey.generate(.p256).publicKey,
            notBefore: date - 60, notAfter: date + 86_400)
        builder.ocspURLs = ["http://ocsp.example.test/status"]
        let leaf = try builder.signed(by: authority.issuer, key: authority.key)
        let (now, issuer, key) = (date, authority.issuer, authority.key)
        let client = ScriptedClient { request, _ throws(HTTPTransportError) in
            guard request.method == "GET" else { return HTTPResponse(405) }
            let word = request.url.split(separator: "/").last.flatMap { String($0).removingPercentEncoding } ?? ""
            guard let question = Data(base64Encoded: word),
                let answer = try? OCSPResponder(issuer: issuer, key: key).answer(
                    Array(question), at: now, nextUpdate: now + 60, { _ in .revoked(at: now - 10, reasonCode: 4) })
            else { return HTTPResponse(400) }
            return HTTPResponse(status: 200, body: answer)
        }
        let finding = await RevocationReader(client).look(at: leaf, issuers: [issuer], since: now, now: now)
        guard case .revoked(let sight) = finding else {
            Issue.record("\(finding)")
            return
        }
        #expect(sight.reason == "superseded" && sight.place == "http://ocsp.example.test/status")
        #expect(client.requests.map(\.method) == ["POST", "GET"])
        #expect(RevocationReader.url("http://o/", Array(repeating: 255, count: 200)) == nil, "too long for a path")
        #expect(RevocationReader.url("http://o/", [0xfb, 0xff, 0xfe]) == "http://o/%2B%2F%2F%2B")
    }
}
