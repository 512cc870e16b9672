// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import PKIX

/// Orders: placed, renewed, asked about, searched and listed.
extension PretendConnector: OrderPolling, OrderFinding, CertificateRenewing, CertificateInventory {
    func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        try await order(request, gate: gate)
    }

    func renew(_ request: CertificateRequest, predecessor: CAOrder, gate: SubmissionGate) async throws
        -> EnrollmentOutcome
    {
        if vice == .renewsWithTheOldOne { return try await poll(predecessor, request: request) }
        let gate = vice == .renewsPastTheGate ? SubmissionGate {} : gate
        return try await order(request, predecessor: predecessor.caRequestID, gate: gate)
    }

    private func order(
        _ request: CertificateRequest, predecessor: String? = nil, gate: SubmissionGate
    ) async throws -> EnrollmentOutcome {
        let names = request.names
        let body: JSONValue = [
            "reference": .string(request.reference), "product": .string(request.product),
            "csr": .string(request.csr.pem), "purpose": .string(request.purpose.rawValue),
            "emails": JSONValue(names.emails), "commonName": JSONValue(names.commonName),
            "pseudonym": JSONValue(names.pseudonym), "userPrincipalName": JSONValue(names.userPrincipalName),
            "securityIdentifier": JSONValue(names.securityIdentifier), "predecessor": JSONValue(predecessor),
            "days": request.validityDays.map { JSONValue($0) } ?? .null,
        ]
        if vice == .needsFewerRequestsLater, request.reference.isAbout("wire") {
            _ = try? await call("POST", "/cancel/none", [:])
        }
        let answer: JSONValue
        do { answer = try await place(body, gate) } catch let error as ConnectorError {
            switch (vice, error.kind) {
            case (.callsLostAnswersTransient, .outcomeUnknown) where error.isLost:
                throw ConnectorError(.transient, error.message)
            case (.callsThemRefused, .outcomeUnknown) where error.isLost: throw ConnectorError(.refused, error.message)
            case (.ordersAgainBlindly, .outcomeUnknown): answer = try await place(body, gate)
            case (.callsUnavailableRefused, .outcomeUnknown) where error.ifAbsent == .transient:
                throw ConnectorError(.refused, error.message)
            case (.callsOddAnswersRefused, .outcomeUnknown) where error.message.contains("not understood"):
                throw ConnectorError(.refused, error.message)
            case (.callsUnsentUnknown, .transient): throw ConnectorError(.outcomeUnknown, error.message)
            case (.hidesUnsent, .transient): throw ConnectorError(.transient, error.message)
            case (.ordersAgainUnsent, .transient):
                _ = try await place(body, gate)
                throw error
            case (.callsRefusedLoginsRefused, .outcomeUnknown) where error.ifAbsent == .authentication:
                throw ConnectorError(.refused, error.message)
            case (.callsThrottledOrdersRefused, .outcomeUnknown) where error.ifAbsent == .throttled:
                throw ConnectorError(.refused, error.message)
            case (.ordersTwiceWhenThrottled, .outcomeUnknown) where error.ifAbsent == .throttled:
                _ = try await place(body, gate)
                throw error
            default: throw error
            }
        }
        if vice == .understandsNoAnswer { throw CAExchange.notUnderstood("no rule is for it", isCreating: true) }
        if vice == .tellsTheKey, request.product == "no-such-product" {
            throw ConnectorError(.transient, "the CA knows no such product, and the key is \(key)")
        }
        if vice == .ordersWithoutID, request.reference.isAbout("first"),
            case .issued(let issued) = try outcome(answer)
        {
            return .issued(
                IssuedCertificate(certificateChain: issued.certificateChain, order: CAOrder(caRequestID: "")))
        }
        return try outcome(answer)
    }

    func poll(_ order: CAOrder, request: CertificateRequest) async throws -> EnrollmentOutcome {
        let found = try outcome(await call("GET", "/orders/\(order.caRequestID)"))
        switch (vice, found) {
        case (.changesItsIDs, .issued(let issued)) where request.reference.isAbout("pending"):
            return .issued(
                IssuedCertificate(
                    certificateChain: issued.certificateChain, order: CAOrder(caRequestID: "x" + order.caRequestID)))
        case (.losesReasons, .rejected): return .rejected(OrderRejection(order: order, reason: "it was rejected"))
        default: return found
        }
    }

    func look(at order: CAOrder, request: CertificateRequest) async throws -> EnrollmentOutcome {
        if vice == .buysWhenLooking { _ = try? await self.order(request, gate: SubmissionGate {}) }
        return try await poll(order, request: request)
    }

    func find(_ request: CertificateRequest) async throws -> OrderSearchResult {
        let address = request.names.emails.first
        let rows = try await rows("?email=\(PercentEncoding.encode(address ?? ""))")
        if vice == .findsNothing, request.reference.isAbout("same") { return .absent }
        if vice != .believesAnyList, !rows.isEmpty, !rows.contains(where: { $0["email"]?.string == address }) {
            return .undecidable("the list is of somebody else")
        }
        let row = rows.first {
            vice == .findsAnybodys && request.reference.isAbout("absent")
                ? $0["email"]?.string == request.names.emails.first : $0["reference"]?.string == request.reference
        }
        return try row.map { .found(try outcome($0)) } ?? .absent
    }

    func inventory(from cursor: String?) async throws -> InventoryPage {
        let start = cursor.flatMap { Int($0) } ?? 0
        let rows = try await rows()
        let size = 20
        let end = start + size < rows.count ? start + size + (vice == .losesBetweenPages ? 1 : 0) : rows.count
        return InventoryPage(
            entries: rows.dropFirst(start).prefix(size).map {
                InventoryEntry(
                    order: CAOrder(caRequestID: $0["id"]?.string ?? ""), status: $0["status"]?.string ?? "",
                    serialNumber: $0["serial"]?.string)
            }, next: end < rows.count ? String(end) : nil)
    }

    private func rows(_ query: String = "") async throws -> [JSONValue] {
        do {
            guard let rows = try await call("GET", "/orders\(query)")["orders"]?.array else {
                throw CAExchange.notUnderstood("no list", isCreating: false)
            }
            return rows
        } catch  where vice == .takesNothingForAbsence { return [] }
    }

    private func outcome(_ row: JSONValue) throws -> EnrollmentOutcome {
        guard let id = row["id"]?.string else { throw CAExchange.notUnderstood("no order", isCreating: true) }
        let order = CAOrder(caRequestID: id)
        switch row["status"]?.string {
        case "issued":
            return .issued(
                IssuedCertificate(certificateChain: try Certificate.all(pem: row["chain"]?.string ?? ""), order: order))
        case "held": return .pending(PendingOrder(order: order, waitingFor: .approver))
        case "unproven": return .pending(PendingOrder(order: order, waitingFor: .subscriber))
        case "working": return .pending(PendingOrder(order: order, waitingFor: .certificateAuthority))
        default: return .rejected(OrderRejection(order: order, reason: row["reason"]?.string ?? ""))
        }
    }
}

extension ConnectorError {
    /// Whether no answer came at all.
    fileprivate var isLost: Bool {
        ifAbsent == nil && !message.contains("not understood") && !message.contains("larger")
    }
}
