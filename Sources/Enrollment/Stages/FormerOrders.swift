// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import JSONDocuments
import Ledger
import PKIX

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
    /// - Throws: what the CA answers in passing; then the order waits, as one in doubt does.
    func settle(_ claim: Claim, _ order: Order) async throws -> Order? {
        guard order.attempt == 0 else { return nil }
        for former in try await context.ledger.formerOrders(of: order, limit: Self.most) {
            guard !context.memory.knows(former.id, lookedAtFor: order.id) else { continue }
            let finding = try await look(at: former, isSame: Self.isSame(former, order))
            switch finding {
            case .ended: break
            case .there(let sentence) where Self.isSame(former, order):
                return try await context.ledger.revive(former.id, insteadOf: claim, because: sentence)
            case .there(let sentence), .unclear(let sentence):
                guard try await isVouched(order, former) else { return try await hold(claim, order, former, sentence) }
            }
            context.memory.note(former.id, lookedAtFor: order.id)
        }
        return nil
    }

    /// Whether a certificate of the former order is as good.
    private static func isSame(_ former: Order, _ order: Order) -> Bool {
        former.backendCA == order.backendCA && former.product == order.product && former.names == order.names
            && former.request == order.request
    }

    /// Asks its CA, where that is still the one it was placed at: by the CA's id, else by our reference.
    ///
    /// - Parameter isSame: otherwise it is not searched for where a search may place it.
    private func look(at former: Order, isSame: Bool) async throws -> Finding {
        guard case .ready(let backend)? = context.backends[former.backendCA],
            former.connection.map({ $0 == backend.connection }) ?? true
        else { return .ended }
        _ = try context.callableBackend(for: former)
        let request = try await context.request(for: former)
        if let known = former.caOrder, let poller = backend.ability((any OrderPolling).self, .poll) {
            do {
                return finding(try await poller.poll(known, request: request), former, request)
            } catch let error as ConnectorError where error.kind == .refused {
                // It does not know the id; perhaps our reference.
            }
        }
        guard let finder = backend.ability((any OrderFinding).self, .findByReference),
            isSame || finder.absenceIsSureAfter > .zero
        else { return .ended }
        switch try await finder.find(request) {
        case .absent: return .ended
        case .found(let outcome): return finding(outcome, former, request)
        case .undecidable(let reason):
            return .unclear("it cannot be told whether the CA has order \(former.reference): \(reason)")
        }
    }

    private func finding(_ outcome: EnrollmentOutcome, _ former: Order, _ request: CertificateRequest) -> Finding {
        switch outcome {
        case .rejected: return .ended
        case .pending: return .there("the CA still has order \(former.reference)")
        case .issued(let issued):
            let key = try? issued.certificateChain.first?.publicKey
            guard let key, key == (try? request.csr.publicKey) else { return .ended }
            return .there("the CA has issued a certificate for order \(former.reference)")
        }
    }

    private func isVouched(_ order: Order, _ former: Order) async throws -> Bool {
        let events = try await context.ledger.events(order.id)
        let held = events.lastIndex { $0.kind == "held" && $0.data[Self.heldFor]?.string == former.reference }
        return held.map { events[$0...].contains { ["retried", "released"].contains($0.kind) } } ?? false
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
