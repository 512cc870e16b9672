// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit

/// Names that a product takes, says the profile, and that neither the order nor the certificate has: the connector forgets them.
struct LostNames {
    private let order: IssuedOrder
    private let run: CheckRun
    private let facts: ProductFacts?

    /// - Parameter trial: what was ordered; nil for the trial of the bench.
    init(_ order: IssuedOrder, _ run: CheckRun, trial: OrderTrial? = nil) {
        self.order = order
        self.run = run
        facts = run.profile.product(trial?.product ?? order.request.product)
    }

    /// - Parameter keys: the names to look at, as in a profile.
    /// - Throws: `CheckStop` where one is surely lost.
    func requireNone(of keys: [String]) async throws {
        let unseen = CertifiedNames(order).withoutAttribute(keys).filter { facts?.takes($0) == true }
        guard !unseen.isEmpty else { return }
        run.note("without an attribute of their own in the subject: \(unseen.joined(separator: ", "))")
        let lost = try await unsent(unseen)
        guard lost.isEmpty else {
            throw CheckStop.failed(
                "the product takes \(lost.joined(separator: ", ")), says the profile; neither the order that leaves for the CA "
                    + "nor the subject \(order.leaf.subject) has it")
        }
    }

    /// Those of `keys` on which what an order sends does not depend; where that cannot be told, none. Nothing is placed: an order that
    /// takes one exchange is stopped before it leaves. The PKCS #10 request stays the same, in which a CA may look for names.
    private func unsent(_ keys: [String]) async throws -> [String] {
        guard let usual = try await sent(order.request), try await sent(order.request) == usual else { return [] }
        var lost: [String] = []
        for key in keys {
            var request = order.request
            var names = request.names.json.object ?? [:]
            // A country has two letters.
            names[key] =
                key == "country" ? (names[key] == "AT" ? "DE" : "AT") : .string((names[key]?.string ?? "") + "x")
            request.names = RequestedNames(json: .object(names))
            if try await sent(request) == usual { lost.append(key) }
        }
        return lost
    }

    /// The one request of an order that may make it; nil where several may, or none is seen.
    private func sent(_ request: CertificateRequest) async throws -> String? {
        // Where no further order is allowed to see what one takes, nothing can be told.
        guard let exchanges = try? await run.workbench.enrollExchanges(run),
            FaultChecks.places(exchanges).count == 1, let place = FaultChecks.places(exchanges).last
        else { return nil }
        let faulty = try run.faultyConnector()
        _ = try? await faulty.connector.check()
        faulty.client.arm(.timeOutBeforeSending, at: .init(after: place, count: .max))
        _ = try? await faulty.connector.enroll(request)
        guard faulty.client.struck == 1 else { return nil }
        return faulty.client.exchanges.last?.question
    }
}
