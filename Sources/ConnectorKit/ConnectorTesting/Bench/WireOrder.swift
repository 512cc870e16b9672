// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Synchronization

/// An undisturbed order as it was seen on its way to the CA.
struct WireOrder: Sendable {
    /// The exchanges of `enroll` besides logins. Empty without HTTP.
    let exchanges: [FaultInjectingHTTPClient.Exchange]
    let journal: GateJournal
    /// Ids of orders that the CA already held when the gate was asked; nil where nothing counts them.
    let early: Set<String>?

    /// Places one.
    static func place(_ run: CheckRun) async throws -> WireOrder {
        let journal = GateJournal()
        let faulty = try run.faultyConnector { $0 = journal.watching($0) }
        _ = try? await faulty.connector.check()
        let request = try run.request("wire")
        let before = try await run.ordersAtCA()
        let early = Mutex(before.map { _ in Set<String>() })
        let gate = SubmissionGate {
            journal.note(.opens)
            guard let before else { return }
            let now = (try? await run.ordersAtCA()) ?? before
            early.withLock { $0?.formUnion(now.subtracting(before)) }
        }
        try await run.workbench.book.open(request)
        faulty.client.disarm()
        let outcome = try await run.patiently(request) {
            journal.note(.begins)
            return try await faulty.connector.enroll(request, gate: gate)
        }
        await run.workbench.book.note(outcome, for: request.reference)
        return WireOrder(
            exchanges: faulty.client.exchanges.filter { !$0.isConfidential && $0.status != 401 }, journal: journal,
            early: early.withLock(\.self))
    }
}
