// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import JSONDocuments

/// Orders that the CA holds until somebody there decides: our sandbox is told to, at a real CA a product is ordered that is held,
/// and a person decides.
extension CheckRun {
    private static let approval: (on: JSONValue, off: JSONValue) = (["manualApproval": true], ["manualApproval": false])

    /// Places an order that is held, and runs `body` while it is.
    ///
    /// - Throws: `CheckStop`: skipped at a real CA that decides such orders by itself. What it decided at once before is not ordered
    ///   again to learn the same.
    func withHeldOrder(
        _ request: CertificateRequest, decidedBy parties: [PendingOrder.Party],
        _ body: (PendingOrder) async throws -> Void
    ) async throws {
        if let sandbox = bench.sandbox {
            return try await sandbox.with(Self.approval.on, back: Self.approval.off) {
                try await body(try await pending(request))
            }
        }
        let known = await workbench.book.entries.values.filter { $0.request.product == request.product }
        if !known.contains(where: { $0.waited != nil }), let decided = known.first(where: { $0.issued != nil }) {
            throw Self.notHeld(
                "this CA decided order \(decided.order?.caRequestID ?? decided.request.reference) at once")
        }
        switch try await outcome(request, waits: false) {
        case .issued(let issued): throw Self.notHeld("this CA decided order \(issued.order.caRequestID) at once")
        case .rejected(let rejection): throw CheckStop.failed("the CA rejects the order: \(rejection.reason)")
        case .pending(let pending):
            guard parties.contains(pending.waitingFor) else {
                throw Self.notHeld(
                    "order \(pending.order.caRequestID) waits for \(pending.waitingFor.rawValue), not for "
                        + parties.map(\.rawValue).joined(separator: " or "))
            }
            try await body(pending)
        }
    }

    /// Has the order decided: by our sandbox, or asks the person who watches the run to.
    func haveDecided(
        approve: Bool, _ pending: PendingOrder, _ request: CertificateRequest, reason: String
    ) async throws {
        if let sandbox = bench.sandbox {
            return try await sandbox.decide(approve: approve, pending.order, reason: reason)
        }
        let word = approve ? "approve" : "reject"
        waits(
            "\(word.uppercased()) order \(pending.order.caRequestID) (reference \(request.reference)) at the CA now; this waits for it",
            bench.patience)
    }

    private static func notHeld(_ seen: String) -> CheckStop {
        .skipped(
            "\(seen); order a product that the CA holds until somebody approves, with --product or --template, and with --patience "
                + "long enough to decide it there")
    }
}
