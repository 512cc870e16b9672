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
        let (valid, whyValid) = await each(issued, revoke)
        let (left, whyLeft) = await each(waiting, cancel)
        var parts = [
            "\(issued.count - valid.count) of \(issued.count) certificates revoked\(whyValid)",
            "\(waiting.count - left.count) of \(waiting.count) waiting orders withdrawn\(whyLeft)",
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

    /// - Returns: those that are not done, and why the first of them is not, in brackets.
    private func each(
        _ entries: [OrderBook.Entry], _ work: @escaping @Sendable (OrderBook.Entry) async throws -> Bool
    ) async -> (left: [OrderBook.Entry], why: String) {
        typealias Undone = (entry: OrderBook.Entry, why: String?)
        let undone = await withTaskGroup(of: Undone?.self) { group in
            for entry in entries {
                group.addTask {
                    do { return try await work(entry) ? nil : (entry, nil) } catch { return (entry, "\(error)") }
                }
            }
            var undone: [Undone] = []
            for await one in group { if let one { undone.append(one) } }
            return undone
        }
        let left = undone.map(\.entry).byReference
        let reasons = left.compactMap { entry in
            undone.first { $0.entry.request.reference == entry.request.reference }?.why
        }
        let mask = SecretMaskOfSettings(workbench.bench.settings)
        return (left, reasons.first.map { " (\(SafeText.sentence(mask.masking($0))))" } ?? "")
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
