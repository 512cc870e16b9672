// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Ledger
import PKIX
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// What an order belongs to: a CA and an account, a person as the directory has them now, roots that are accepted.
@Suite(.timeLimit(.minutes(2))) struct BelongingTests {
    private static let waiting: ScriptedConnector.Enrolling = { ca, request in
        ca.take(request)
        return .pending(
            PendingOrder(order: CAOrder(caRequestID: "4711"), waitingFor: .approver, retryAfter: .seconds(60)))
    }

    /// The backend CA of the same name is another account now, where the same id is somebody else's order.
    @Test(arguments: [false, true])
    func anOrderIsNotTouchedAtAnotherConnection(isCancelled: Bool) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.waiting)
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).connection == "scripted")
        if isCancelled { try await gateway.ledger.requestCancel(id, by: "test") }
        gateway.clock.advance(100)
        let moved = try gateway.moved(to: "scripted at https://other.example")
        try await gateway.engine { $0 = $0.with(moved) }.work(until: nil)
        let order = try await gateway.order(id)
        #expect(order.stage == .pending)
        #expect(
            order.detail?.hasPrefix("order \(order.reference) was placed at scripted, and backend CA main is now")
                == true)
        #expect(gateway.ca.calls == ["enroll"])
        // Where it was placed, it goes on.
        gateway.clock.advance(1000)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == (isCancelled ? .cancelled : .active))
    }

    /// What has surely not been taken may be placed wherever the backend CA points now.
    @Test func anOrderThatIsNowhereGoesToTheNewConnection() async throws {
        let gateway = try await TestGateway(abilities: [.poll, .cancel])
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.authentication, "401") }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .keyed)
        gateway.clock.advance(100)
        let moved = try gateway.moved(to: "scripted at https://other.example")
        try await gateway.engine { $0 = $0.with(moved) }.work(until: nil)
        #expect(try await gateway.order(id).stage == .active)
        #expect(try await gateway.order(id).connection == "scripted at https://other.example")
    }

    /// The person was disabled, left or was renamed while the order waited for the CA.
    @Test(arguments: [EligibilityVerdict.withdraw("the account is disabled"), .changed("the names are other ones now")])
    func anOrderThatNoLongerFitsDoesNotLeave(_ verdict: EligibilityVerdict) async throws {
        let gateway = try await TestGateway()
        let id = try await gateway.plan()
        try await gateway.engine { $0.lookAgain = { _ in verdict } }.work(until: nil)
        let order = try await gateway.order(id)
        #expect(order.stage == .cancelled)
        #expect(try await gateway.kinds(id).last == "withdrawn")
        #expect(try await gateway.ledger.key(orderID: id)?.sealed == nil)
        #expect(gateway.ca.calls.isEmpty)
    }

    @Test func aDirectoryThatCannotBeLookedAtLetsNothingLeave() async throws {
        let gateway = try await TestGateway()
        let id = try await gateway.plan()
        try await gateway.engine { $0.lookAgain = { _ in throw EnrollmentError("the directory was not read yet") } }
            .work(until: nil)
        #expect(try await gateway.order(id).stage == .keyed)
        #expect(gateway.ca.calls.isEmpty)
    }

    /// Nor does an order in doubt that turns out to be absent.
    @Test func nothingLeavesOnAnOlderDatabase() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.outcomeUnknown, "no answer") }
        let doubtful = try await gateway.plan("ada")
        try await gateway.work()
        let planned = try await gateway.plan("bob")
        for _ in 0..<3 {
            gateway.clock.advance(100)
            try await gateway.engine { $0.forbidsSubmissions = true }.work(until: nil)
        }
        #expect(gateway.ca.calls.filter { $0 == "enroll" } == ["enroll"])
        #expect(try await gateway.order(doubtful).stage == .keyed)
        #expect(try await gateway.order(planned).stage == .planned)
        gateway.clock.advance(1000)
        try await gateway.work()
        #expect(try await gateway.ledger.orders().allSatisfy { $0.stage == .active })
    }

    /// As long as the sealing key's file is not what it was, nothing new leaves; what the CA has goes on.
    @Test func nothingLeavesWithoutTheSealingKeyInItsPlace() async throws {
        let gateway = try await TestGateway()
        let fault = Noted<String?>(nil)
        gateway.ca.onEnroll(Self.waiting)
        let pending = try await gateway.plan("ada")
        try await gateway.work()
        #expect(try await gateway.order(pending).stage == .pending)
        // It is taken away while an order waits for its rate limit.
        gateway.ca.beforeGate { _ in fault.change { $0 = "sealing.key is gone" } }
        let inHand = try await gateway.plan("bob")
        try await gateway.engine { $0.sealingKeyFault = { fault.value } }.work(until: nil)
        #expect(try await gateway.order(inHand).stage == .keyed)
        #expect(try await gateway.order(inHand).detail == "sealing.key is gone")
        let planned = try await gateway.plan("eve")
        for _ in 0..<3 {
            gateway.clock.advance(1000)
            try await gateway.engine { $0.sealingKeyFault = { fault.value } }.work(until: nil)
        }
        #expect(gateway.ca.orders.count == 1)
        #expect(try await gateway.order(pending).stage == .active)
        #expect(try await gateway.order(planned).stage == .planned)
        fault.change { $0 = nil }
        gateway.clock.advance(1000)
        try await gateway.engine { $0.sealingKeyFault = { fault.value } }.work(until: nil)
        #expect(try await gateway.ledger.orders().allSatisfy { $0.stage == .active })
        #expect(gateway.ca.orders.count == 3)
    }

    /// `acceptedRoots` is the wrong file: one certificate is bought, not two hundred, and none is lost.
    @Test func aWrongRootStopsBuyingAndNothingElse() async throws {
        let gateway = try await TestGateway()
        let wrong = try gateway.moved(to: "scripted", roots: [try TestAuthority(now: gateway.clock.now()).root])
        for number in 0..<20 { try await gateway.plan("user\(number)") }
        func wronglyConfigured() -> EnrollmentEngine {
            gateway.engine { $0 = $0.with(wrong) }
        }
        try await wronglyConfigured().work(until: nil)
        #expect(gateway.ca.orders.count == 1)
        let held = try #require(try await gateway.ledger.orders(OrderFilter(held: true)).first)
        #expect(held.holdReason?.contains("does not lead to an accepted root") == true)
        #expect(wrong.openAlarms["main"]?.hasPrefix("acceptedRoots of backend CA main") == true)
        // Another process with the same file knows it, too.
        try await gateway.restart()
        gateway.clock.advance(3600)
        try await wronglyConfigured().work(until: nil)
        #expect(gateway.ca.orders.count == 1)
        // Mended: the held one is compared again, without buying, and the others go on.
        try await gateway.ledger.retry(held.id, by: "test")
        try await gateway.work()
        #expect(try await gateway.ledger.orders().allSatisfy { $0.stage == .active })
        #expect(gateway.ca.orders.count == 20 && gateway.ca.orders.values.allSatisfy { $0 == 1 })
        #expect(try await gateway.ledger.stopped(.acceptedRoots, of: "main") == nil)
    }

    /// A stop that an earlier version has stored, with the fingerprint of the roots alone, outlives the update and no other CA;
    /// who looks at it for a plan changes nothing.
    @Test func aStopFromBeforeStaysInForce() async throws {
        let gateway = try await TestGateway()
        guard case .ready(let main)? = gateway.backends["main"] else { throw EnrollmentError("there is no main") }
        let text = main.acceptedRoots.map(\.sha256Fingerprint).sorted().joined(separator: " ")
        let former = Data(DigestAlgorithm.sha256.digest(Array(text.utf8))).base64EncodedString()
        let content = SubmissionStop(cause: "wrong roots", fingerprint: former).json
        try await gateway.ledger.stop(.acceptedRoots, of: "main", content)
        let moved = try gateway.moved(to: "scripted at https://other.example")
        let changed = try gateway.moved(to: "scripted", roots: [TestAuthority(now: gateway.clock.now()).root])
        guard case .ready(let other)? = changed["main"] else { throw EnrollmentError("there is no main") }
        #expect(try await SubmissionStop.inForce(at: main, gateway.ledger)?.cause == "wrong roots")
        #expect(try await SubmissionStop.inForce(at: other, gateway.ledger) == nil)
        #expect(try await gateway.ledger.stopped(.acceptedRoots, of: "main") == content)
        #expect(try await gateway.context().submissionStop(at: "main") == "wrong roots")
        #expect(try await gateway.context().with(moved).submissionStop(at: "main") == nil)
        #expect(try await gateway.ledger.stopped(.acceptedRoots, of: "main") == nil)
    }

    /// Other roots are reason enough to go on: the held order may wait for its person.
    @Test func mendedRootsLetTheOthersGoOn() async throws {
        let gateway = try await TestGateway()
        let wrong = try gateway.moved(to: "scripted", roots: [try TestAuthority(now: gateway.clock.now()).root])
        try await gateway.plan("ada")
        try await gateway.engine { $0 = $0.with(wrong) }.work(until: nil)
        let other = try await gateway.plan("bob")
        try await gateway.work()
        #expect(try await gateway.order(other).stage == .active)
        #expect(try await gateway.ledger.orders(OrderFilter(held: true)).count == 1)
    }
}

extension TestGateway {
    /// Backend CA `main` pointed somewhere else, or with other roots.
    func moved(to connection: String, roots: [Certificate]? = nil) throws -> BackendCARegistry {
        guard case .ready(let main)? = backends["main"] else { throw EnrollmentError("there is no main") }
        return BackendCARegistry([
            "main": .ready(
                BackendCA(
                    name: "main", profile: main.profile, connector: main.connector,
                    acceptedRoots: roots ?? main.acceptedRoots, connection: connection))
        ])
    }
}

extension EnrollmentContext {
    func with(_ backends: BackendCARegistry) -> EnrollmentContext {
        EnrollmentContext(
            ledger: ledger, backends: backends, keyRecoveryAgents: Array(keyRecoveryAgents.values),
            sealingKey: sealingKey, keyGenerator: keyGenerator, uploader: uploader, clock: clock, logger: logger,
            memory: memory)
    }
}
