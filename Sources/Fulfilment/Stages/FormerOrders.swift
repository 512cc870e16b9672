// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import JSONDocuments
import Ledger
import PKIX
import Planning

/// Former orders of a person that had left and ended without a certificate, looked at once more before another one leaves: whatever
/// the CA, or somebody on the way, has said of them, what the CA has is not bought again.
struct FormerOrders {
    /// More of them are of one cause, and older ones have been looked at before.
    private static let most = 5
    /// Marks the event of an order that is held because of a former one, with that one's reference.
    private static let heldFor = "former"

    /// What the CA says of one.
    private enum Finding {
        case ended
        /// It has issued it, or is about to.
        case there(String)
        case unclear(String)
    }

    let context: EnrollmentContext

    /// - Returns: the order when it does not leave now, as it is in the ledger; nil when nothing stands against it.
    /// - Throws: what the CA answers in passing, or why it cannot be used; then the order waits, as one in doubt does.
    func settle(_ claim: Claim, _ order: Order) async throws -> Order? {
        guard order.attempt == 0 else { return nil }
        for former in try await context.ledger.formerOrders(of: order, limit: Self.most) {
            guard !context.memory.knows(former.id, lookedAtFor: order.id) else { continue }
            let finding = try await look(at: former, for: order)
            switch finding {
            case .ended: break
            case .there(let sentence) where try await mayGoOn(former, for: order):
                return try await context.ledger.revive(former.id, insteadOf: claim, because: sentence)
            case .there(let sentence), .unclear(let sentence):
                guard try await context.isVouched(order, heldFor: Self.heldFor, former.reference) else {
                    return try await hold(claim, order, former, sentence)
                }
            }
            context.memory.note(former.id, lookedAtFor: order.id)
        }
        return nil
    }

    /// Whether a certificate of the former order is as good, and it has not ended once more since it went on in the place of another one:
    /// then a person looks, or the two would take turns for ever.
    private func mayGoOn(_ former: Order, for order: Order) async throws -> Bool {
        guard Self.isSame(former, order) else { return false }
        return try await !context.ledger.events(former.id).contains { $0.kind == OrderLedger.revivedEvent }
    }

    /// Whether a certificate of the former order is as good.
    private static func isSame(_ former: Order, _ order: Order) -> Bool {
        former.backendCA == order.backendCA && former.product == order.product && former.names == order.names
            && former.request == order.request
    }

    /// Asks its CA, where that is still the one it was placed at.
    ///
    /// - Throws: what may pass; where it is about another backend CA than that of `order`, it is not taken for one of that.
    private func look(at former: Order, for order: Order) async throws -> Finding {
        let backend: BackendCA
        switch context.backends[former.backendCA] {
        case .ready(let ready)?: backend = ready
        case .unusable(let reason)?:
            throw EnrollmentError(
                "backend CA \(former.backendCA), which may have order \(former.reference) of the same person, cannot be used: "
                    + "\(reason); mend it; \(Self.wayOn(former))"
            )
        case nil: return .ended
        }
        guard former.connection.map({ $0 == backend.connection }) ?? true else { return .ended }
        let isElsewhere = former.backendCA != order.backendCA
        do {
            _ = try context.callableBackend(for: former)
            return try await ask(backend, about: former, isSame: Self.isSame(former, order))
        } catch let pause as BackendPause where isElsewhere {
            return try unanswered(pause.error, pause.remaining, former)
        } catch let error as ConnectorError where isElsewhere || [.refused, .configuration].contains(error.kind) {
            context.note(error, on: former.backendCA)
            return try unanswered(error, error.retryAfter, former)
        }
    }

    /// What ends the waiting for a CA that never answers again.
    private static func wayOn(_ former: Order) -> String {
        "if that CA is gone for good: take \(former.backendCA) out of the configuration and 'certway apply -f FILE --prune', then it is "
            + "asked no more"
    }

    /// What lasts is left to a person, whose retry lets the new order leave.
    ///
    /// - Throws: `BackendPause` for what passes, which pauses no other backend CA than that of the former order.
    private func unanswered(_ error: ConnectorError, _ pause: Duration?, _ former: Order) throws -> Finding {
        // An answer that the profile cannot read shows nothing, and is asked for again: it heals when the profile is mended.
        let isUnread = error.kind == .configuration && error.ifAbsent == .transient
        switch isUnread ? .transient : error.kind {
        case .refused, .authentication, .configuration:
            return .unclear(
                "backend CA \(former.backendCA) cannot be asked (\(error.message)) about order \(former.reference)")
        case .transient, .throttled, .outcomeUnknown:
            var named = error
            named.message = """
                backend CA \(former.backendCA) cannot be asked about order \(former.reference) of the same person: \
                \(error.message); \(Self.wayOn(former))
                """
            throw BackendPause(error: named, remaining: pause ?? .zero)
        }
    }

    /// By the CA's id, else by our reference; nothing is sent but what reads. Under another sign-in than it left with, only a
    /// certificate proves something, by our key: everything else may be about an order of another account.
    ///
    /// - Parameter isSame: where a search is the order once more, the former order goes on itself, or is not searched for.
    private func ask(_ backend: BackendCA, about former: Order, isSame: Bool) async throws -> Finding {
        let poller = former.caOrder == nil ? nil : backend.ability((any OrderPolling).self, .poll)
        let finder = backend.ability((any OrderFinding).self, .findByReference)
            .flatMap { isSame || !$0.repeatsTheOrder ? $0 : nil }
        guard poller != nil || finder != nil else { return .ended }
        let request = try await context.request(for: former)
        let other = try await context.unvouchedSignIn(backend, than: former)
        if let poller, let known = former.caOrder, other?.difference != .names {
            do {
                let outcome = try await poller.look(at: known, request: request)
                return finding(outcome, former, request, other?.sentence)
            } catch let error as ConnectorError where error.kind == .refused {
                // It does not know the id; perhaps our reference.
            }
        }
        guard let finder, other == nil || !finder.repeatsTheOrder else {
            return Self.end(of: former, other?.sentence)
        }
        guard !finder.repeatsTheOrder else {
            return .there("whether the CA has order \(former.reference) shows only when that comes once more")
        }
        switch try await finder.find(request) {
        case .absent: return Self.end(of: former, other?.sentence)
        case .found(let outcome): return finding(outcome, former, request, other?.sentence)
        case .undecidable(let reason):
            return .unclear("it cannot be told whether the CA has order \(former.reference): \(reason)")
        }
    }

    private func finding(
        _ outcome: EnrollmentOutcome, _ former: Order, _ request: CertificateRequest, _ otherSignIn: String?
    ) -> Finding {
        switch outcome {
        case .rejected: return Self.end(of: former, otherSignIn)
        case .pending where otherSignIn != nil: return Self.end(of: former, otherSignIn)
        // Nobody asks for its certificate, so there will be none.
        case .pending(let pending) where pending.awaitsStep: return .ended
        case .pending: return .there("the CA still has order \(former.reference)")
        case .issued(let issued):
            guard issued.hasKey(of: request) else { return Self.end(of: former, otherSignIn) }
            return .there("the CA has issued a certificate for order \(former.reference)")
        }
    }

    /// That the CA has nothing, as far as its word counts.
    ///
    /// - Parameter otherSignIn: how it signs in otherwise than when the order left, which nobody has vouched for.
    private static func end(of former: Order, _ otherSignIn: String?) -> Finding {
        guard let otherSignIn else { return .ended }
        return .unclear("\(otherSignIn), and another account cannot tell what became of order \(former.reference)")
    }

    private func hold(_ claim: Claim, _ order: Order, _ former: Order, _ sentence: String) async throws -> Order {
        try await context.hold(
            claim, order,
            "\(sentence), which ended here as \(former.stage.rawValue), and this one would be a second one: look for "
                + "\(former.reference) at the CA, cancel or revoke it there, then 'certway order retry \(order.reference)' places this "
                + "one; or 'certway order cancel \(order.reference)'",
            data: [Self.heldFor: .string(former.reference)])
    }
}
