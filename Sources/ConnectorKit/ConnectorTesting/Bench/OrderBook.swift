// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import PKIX

/// What a run has ordered, so that nothing of it is forgotten: counted against the limit, looked for in the inventory and
/// revoked at the end.
actor OrderBook {
    struct Entry: Sendable {
        let request: CertificateRequest
        var order: CAOrder?
        /// How it waited, the first time the CA said so; nil for one that was decided at once.
        var waited: PendingOrder?
        var issued: IssuedCertificate?
        /// Why an order that nothing disturbed was in doubt, and had to be searched for.
        var doubt: ConnectorError?
        /// Whether a certificate is revoked, or an order withdrawn or refused: nothing is left to be cleaned up.
        var isClosed = false

        /// What has a certificate.
        var certified: IssuedOrder? {
            issued.flatMap { $0.certificateChain.isEmpty ? nil : IssuedOrder(request: request, issued: $0) }
        }
    }

    private let limit: Int?
    private(set) var entries: [String: Entry] = [:]
    private(set) var placed = 0

    init(limit: Int?) { self.limit = limit }

    /// Takes room for one more order.
    func open(_ request: CertificateRequest) throws {
        if let limit, placed >= limit {
            throw CheckStop.skipped(
                limit == 0
                    ? "places orders, which may cost money at this CA; allow them with --orders N"
                    : "the \(limit) orders allowed by --orders are used up")
        }
        placed += 1
        entries[request.reference] = Entry(request: request)
    }

    func note(_ outcome: EnrollmentOutcome, for reference: String) {
        switch outcome {
        case .issued(let issued):
            entries[reference]?.order = issued.order
            entries[reference]?.issued = issued
        case .pending(let pending):
            entries[reference]?.order = pending.order
            if entries[reference]?.waited == nil { entries[reference]?.waited = pending }
        case .rejected: entries[reference]?.isClosed = true
        }
    }

    func note(doubt: ConnectorError, about reference: String) { entries[reference]?.doubt = doubt }

    func close(_ reference: String) { entries[reference]?.isClosed = true }
}

extension Sequence<OrderBook.Entry> {
    /// So that a report says the same each time.
    var byReference: [OrderBook.Entry] { sorted { $0.request.reference < $1.request.reference } }
}
