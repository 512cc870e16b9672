// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import JSONDocuments
import Ledger

extension EnrollmentContext {
    /// Marks the event of an order that is held because of how its backend CA signs in, with what it signed in with then.
    private static let heldWith = "signIn"

    /// How the way in which the backend CA signs in differs from that of the order's submission, in the middle of a sentence; nil
    /// where it does not. It may be another account, where absence proves nothing, an id means somebody else's order, and a second
    /// certificate is one that nobody has said to do no harm.
    func otherSignIn(_ backend: BackendCA, than order: Order) -> (difference: SignInDifference, sentence: String)? {
        let mark = backend.secretsMark(under: sealingKey)
        guard let difference = SignInDifference(order.secretsMark, mark) else { return nil }
        return switch difference {
        case .names: (difference, "backend CA \(backend.name) signs in under another name than when the order left")
        case .secrets: (difference, "the secrets of backend CA \(backend.name) have changed since the order left")
        }
    }

    /// The same for an order whose id at the CA is known, unless a person has let it go on since it was held for that: then the
    /// account is the same, with another name or key.
    func unvouchedSignIn(
        _ backend: BackendCA, than order: Order
    ) async throws -> (difference: SignInDifference, sentence: String)? {
        guard let other = otherSignIn(backend, than: order) else { return nil }
        return try await isVouched(order, heldFor: Self.heldWith, backend.secretsMark(under: sealingKey)) ? nil : other
    }

    /// Whether a person has let an order go on since it was last held for something, which its event names by `key` and `value`.
    func isVouched(_ order: Order, heldFor key: String, _ value: String?) async throws -> Bool {
        let events = try await ledger.events(order.id)
        let held = events.lastIndex { $0.kind == "held" && $0.data[key]?.string == value }
        return held.map { events[$0...].contains { ["retried", "released"].contains($0.kind) } } ?? false
    }

    /// Asks the CA a question before the first order leaves with what the backend CA signs in with now. An order that is sent with a
    /// mistyped key is in doubt from then on, and with another key nobody can tell whether it is there.
    ///
    /// - Throws: `ConnectorError` of kind `authentication`. Whatever else is wrong, the order itself finds out.
    func requireAcceptedSignIn(_ backend: BackendCA) async throws {
        guard let mark = backend.secretsMark(under: sealingKey) else { return }
        let name = Self.acceptedName(backend.name)
        guard try await ledger.state(name)?.string != mark else { return }
        do { _ = try await backend.connector.check() } catch let error as ConnectorError {
            if error.kind == .authentication { throw error }
            return
        }
        try await ledger.setState(name, .string(mark))
    }

    /// The CA has refused what the backend CA signs in with: it is asked again before another order leaves.
    func forgetAcceptedSignIn(_ backendCA: String) async {
        try? await ledger.setState(Self.acceptedName(backendCA), nil)
    }

    private static func acceptedName(_ backendCA: String) -> String { "signIn.accepted.\(backendCA)" }

    /// Leaves an order to a person that the CA has, and that another account may be asked about now.
    ///
    /// - Parameters:
    ///   - sentence: what differs.
    ///   - consequence: what is not done, or not believed, because of it.
    func holdForSignIn(
        _ claim: Claim, _ order: Order, _ backend: BackendCA, _ sentence: String, _ consequence: String
    ) async throws -> Order {
        try await hold(
            claim, order,
            "\(sentence), and \(order.caRequestID ?? "its id") may be somebody else's order there: \(consequence); put back what it "
                + "signed in with, or make sure that it is the same account: either way 'certway order retry \(order.reference)' goes on",
            data: [Self.heldWith: JSONValue(backend.secretsMark(under: sealingKey))])
    }
}
