// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit

/// Leaves as little behind as the CA allows: revokes the certificates of a run and withdraws what still waits.
struct CleaningUp {
    let workbench: Workbench

    init(_ workbench: Workbench) { self.workbench = workbench }

    /// - Returns: what was done, in one sentence.
    func run() async -> String {
        let open = await workbench.book.entries.values.filter { !$0.isClosed }
        let issued = open.filter { $0.issued != nil }
        let waiting = open.filter { $0.issued == nil && $0.order != nil }
        let unknown = open.count - issued.count - waiting.count
        let revoked = await each(issued, revoke)
        let withdrawn = await each(waiting, cancel)
        var parts = [
            "\(revoked) of \(issued.count) certificates revoked",
            "\(withdrawn) of \(waiting.count) waiting orders withdrawn",
        ]
        if unknown > 0 { parts.append("of \(unknown) orders it is not known whether the CA has them") }
        return parts.joined(separator: ", ")
    }

    private func each(
        _ entries: [OrderBook.Entry], _ work: @escaping @Sendable (OrderBook.Entry) async throws -> Bool
    ) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for entry in entries { group.addTask { (try? await work(entry)) ?? false } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    private func revoke(_ entry: OrderBook.Entry) async throws -> Bool {
        let run = CheckRun(workbench, id: "cleaning")
        guard run.has(.revoke), let revoker = run.connector as? any CertificateRevoking, let issued = entry.issued,
            let leaf = issued.certificateChain.first
        else { return false }
        let offered = run.profile.revocationReasons.offered
        let wanted: [RevocationReason] = [.cessationOfOperation, .superseded, .unspecified]
        let reason = wanted.first(where: offered.contains) ?? offered.first ?? .unspecified
        _ = try await run.repeating {
            try await revoker.revoke(
                RevocationRequest(
                    certificate: leaf, order: issued.order, reason: reason, comment: "made by a conformance test"))
        }
        return true
    }

    private func cancel(_ entry: OrderBook.Entry) async throws -> Bool {
        let run = CheckRun(workbench, id: "cleaning")
        guard run.has(.cancel), let canceller = run.connector as? any OrderCancelling, let order = entry.order else {
            return false
        }
        try await run.repeating { try await canceller.cancel(order, note: "made by a conformance test") }
        return true
    }
}
