// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Synchronization
import YAMLDocuments

/// A CA in memory that does as a test tells it, and issues at once where it is told nothing. What it can do is what its
/// profile claims.
final class ScriptedConnector: CertificateAuthorityConnector {
    typealias Enrolling = @Sendable (ScriptedConnector, CertificateRequest) async throws -> EnrollmentOutcome
    typealias Obstacle = @Sendable (CertificateRequest) async throws -> Void
    typealias Finding = @Sendable (ScriptedConnector, CertificateRequest) async throws -> OrderSearchResult
    typealias Revoking = @Sendable (RevocationRequest) async throws -> RevocationOutcome
    typealias Cancelling = @Sendable (CAOrder) async throws -> Void

    private struct State {
        var enrolling: [Enrolling] = []
        var polling: [Enrolling] = []
        var finding: [Finding] = []
        var checking: [ConnectorError?] = []
        var cancelling: [Cancelling] = []
        var revoking: [Revoking] = []
        var obstacles: [Obstacle] = []
        var calls: [String] = []
        /// Orders taken, by reference; more than one is the accident that must not happen.
        var orders: [String: Int] = [:]
        var repeatsLostOrdersAfter: Duration?
        var findsByReferenceAlone = false
        var takesFurtherSteps = false
        /// Orders that it has told the end of, by reference, and how: it says the same when it is asked again.
        var ended: [String: OrderRejection] = [:]
        /// The order whose end was told last.
        var told: String?
        /// Orders that were cancelled, by the CA's id.
        var cancelled: Set<String> = []
    }

    static let kind: ConnectorKind = "scripted"
    static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] { [] }

    let authority: TestAuthority
    let clock: any ConnectorClock
    let absenceIsSureAfter: Duration
    private let state = Mutex(State())

    init(authority: TestAuthority, clock: any ConnectorClock, absenceIsSureAfter: Duration = .seconds(60)) {
        self.authority = authority
        self.clock = clock
        self.absenceIsSureAfter = absenceIsSureAfter
    }

    init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        throw ConnectorError(.configuration, "a scripted connector is made by its test")
    }

    var calls: [String] { state.withLock { $0.calls } }
    var orders: [String: Int] { state.withLock { $0.orders } }

    func onEnroll(_ answers: Enrolling...) { state.withLock { $0.enrolling += answers } }
    /// What happens before the order leaves, such as a login or the wait for a rate limit.
    func beforeGate(_ obstacles: Obstacle...) { state.withLock { $0.obstacles += obstacles } }
    /// From here on it says what is true of orders whose end it has told.
    func forgetEnds() { state.withLock { ($0.ended, $0.told) = ([:], nil) } }
    func onPoll(_ answers: Enrolling...) { state.withLock { $0.polling += answers } }
    func onFind(_ answers: Finding...) { state.withLock { $0.finding += answers } }
    func onRevoke(_ answers: Revoking...) { state.withLock { $0.revoking += answers } }
    func onCancel(_ answers: Cancelling...) { state.withLock { $0.cancelling += answers } }

    /// Takes an order as a real CA would: from here on it costs money.
    func take(_ request: CertificateRequest) { take(request.reference) }
    func take(_ reference: String) { state.withLock { $0.orders[reference, default: 0] += 1 } }

    func issue(
        _ request: CertificateRequest, _ change: (inout CertificateBuilder) -> Void = { _ in }
    ) throws -> EnrollmentOutcome { .issued(try authority.issue(request, now: clock.now(), change)) }

    /// What questions about the account end with; nil for an answer, as when there is nothing left here.
    func onCheck(_ failures: ConnectorError?...) { state.withLock { $0.checking += failures } }

    func check() async throws -> AccountReport {
        if let failure = state.withLock({ $0.checking.isEmpty ? nil : $0.checking.removeFirst() }) { throw failure }
        return AccountReport(account: "test")
    }

    func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        let obstacle = state.withLock { state in
            state.calls.append("enroll")
            return state.obstacles.isEmpty ? nil : state.obstacles.removeFirst()
        }
        try await obstacle?(request)
        try await gate.open()
        let answer = state.withLock { $0.enrolling.isEmpty ? nil : $0.enrolling.removeFirst() }
        if let answer { return try await furtherSteps(try await answer(self, request), gate) }
        take(request)
        return try issue(request)
    }

    /// As a CA whose orders are made by one request and completed by the next: see `calls`.
    func takeFurtherSteps() { state.withLock { $0.takesFurtherSteps = true } }

    private func furtherSteps(_ outcome: EnrollmentOutcome, _ gate: SubmissionGate) async throws -> EnrollmentOutcome {
        guard state.withLock({ $0.takesFurtherSteps }), let order = outcome.order else { return outcome }
        try await gate.admit(order)
        state.withLock { $0.calls.append("step") }
        return outcome
    }

    /// An end counts as the CA's own once it has told it twice: a word that is said once may be somebody else's.
    private func remember(_ order: CAOrder, _ request: CertificateRequest, _ outcome: EnrollmentOutcome) {
        guard case .rejected(let rejection) = outcome,
            rejection.order.map({ $0.caRequestID == order.caRequestID }) ?? true
        else { return }
        state.withLock { state in
            if state.told == request.reference { state.ended[request.reference] = rejection }
            state.told = request.reference
        }
    }

    private func next<Answer: Sendable>(_ call: String, _ path: WritableKeyPath<State, [Answer]> & Sendable) -> Answer?
    {
        state.withLock { state in
            state.calls.append(call)
            return state[keyPath: path].isEmpty ? nil : state[keyPath: path].removeFirst()
        }
    }
}

extension ScriptedConnector: LostOrderRepeating {
    var repeatsLostOrdersAfter: Duration? { state.withLock { $0.repeatsLostOrdersAfter } }
    func repeatLostOrders(after pause: Duration) { state.withLock { $0.repeatsLostOrdersAfter = pause } }
}

extension ScriptedConnector: OrderPolling {
    func poll(_ order: CAOrder, request: CertificateRequest) async throws -> EnrollmentOutcome {
        let script = next("poll", \.polling)
        if script == nil, state.withLock({ $0.cancelled.contains(order.caRequestID) }) {
            return .rejected(OrderRejection(kind: .cancelled, order: order, reason: "withdrawn"))
        }
        if script == nil, let end = state.withLock({ $0.ended[request.reference] }) { return .rejected(end) }
        let answer = try await script?(self, request) ?? issue(request)
        remember(order, request, answer)
        // What this CA issues is known by the id that it was given when the order was taken.
        guard case .issued(var issued) = answer else { return answer }
        issued.order.caRequestID = order.caRequestID
        return .issued(issued)
    }
}

extension ScriptedConnector: OrderFinding {
    var findsByReferenceAlone: Bool {
        get { state.withLock { $0.findsByReferenceAlone } }
        set { state.withLock { $0.findsByReferenceAlone = newValue } }
    }

    func find(_ request: CertificateRequest) async throws -> OrderSearchResult {
        if let answer = next("find", \.finding) { return try await answer(self, request) }
        if let end = state.withLock({ $0.ended[request.reference] }) { return .found(.rejected(end)) }
        return orders[request.reference] == nil ? .absent : .found(try issue(request))
    }
}

extension ScriptedConnector: CertificateRevoking {
    func revoke(_ request: RevocationRequest) async throws -> RevocationOutcome {
        let answer = state.withLock { state in
            state.calls.append("revoke \(request.certificate.serialNumber.hex)")
            return state.revoking.isEmpty ? nil : state.revoking.removeFirst()
        }
        return try await answer?(request) ?? .revoked
    }
}

extension ScriptedConnector: OrderCancelling {
    func cancel(_ order: CAOrder, note: String) async throws {
        try await next("cancel", \.cancelling)?(order)
        state.withLock { _ = $0.cancelled.insert(order.caRequestID) }
    }
}
