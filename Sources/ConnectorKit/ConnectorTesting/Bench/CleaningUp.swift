// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit

/// Leaves as little behind as the CA allows: revokes the certificates of a run and withdraws what still waits.
struct CleaningUp {
    let workbench: Workbench

    init(_ workbench: Workbench) { self.workbench = workbench }

    /// - Returns: what was done, and what stays at the CA, in one sentence.
    func run() async -> String {
        let open = await workbench.book.entries.values.filter { !$0.isClosed }.byReference
        let issued = open.filter { $0.issued != nil }
        let waiting = open.filter { $0.issued == nil && $0.order != nil }
        let unknown = open.filter { $0.issued == nil && $0.order == nil }
        let valid = await each(issued, revoke)
        let left = await each(waiting, cancel)
        var parts = [
            "\(issued.count - valid.count) of \(issued.count) certificates revoked",
            "\(waiting.count - left.count) of \(waiting.count) waiting orders withdrawn",
        ]
        if !left.isEmpty {
            let why = CheckRun(workbench, id: "cleaning").has(.cancel) ? "" : ", which cannot withdraw them by itself"
            parts.append("these wait at the CA\(why): \(Self.list(left.compactMap(\.order?.caRequestID)))")
        }
        if !unknown.isEmpty {
            parts.append(
                "of these it is not known whether the CA has them: \(Self.list(unknown.map(\.request.reference)))")
        }
        return parts.joined(separator: ", ")
    }

    private static func list(_ ids: [String]) -> String {
        let rest = ids.count - 20
        return ids.prefix(20).joined(separator: " ") + (rest > 0 ? " and \(rest) more" : "")
    }

    /// - Returns: those that are not done.
    private func each(
        _ entries: [OrderBook.Entry], _ work: @escaping @Sendable (OrderBook.Entry) async throws -> Bool
    ) async -> [OrderBook.Entry] {
        await withTaskGroup(of: OrderBook.Entry?.self) { group in
            for entry in entries { group.addTask { (try? await work(entry)) ?? false ? nil : entry } }
            var left: [OrderBook.Entry] = []
            for await entry in group { if let entry { left.append(entry) } }
            return left.byReference
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
