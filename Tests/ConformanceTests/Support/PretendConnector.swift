// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Secrets
import YAMLDocuments

/// A connector with every ability, for `PretendCA`; it, too, may have a vice.
final class PretendConnector: CertificateAuthorityConnector, OrderPolling, OrderFinding, CertificateRevoking,
    CertificateRenewing, CertificateInventory, OrderCancelling, ProductListing, ValidationReporting, ValidationResending
{
    static let kind: ConnectorKind = "pretend"
    static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] { [] }

    let absenceIsSureAfter = Duration.zero
    private let exchange: CAExchange
    private let key: String
    private let reasons: RevocationReasonTable
    private let vice: Vice?

    init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        exchange = CAExchange(profile, services: services, secrets: Array(settings.secrets.values))
        key = settings.secrets["key"]?.revealed ?? ""
        reasons = profile.revocationReasons
        vice = settings.values["vice"]?.string.flatMap(Vice.init)
    }

    func check() async throws -> AccountReport {
        let answer = try await call("GET", "/account")
        guard let account = answer["account"]?.string else {
            if vice == .believesAnyAnswer { return AccountReport(account: "fine") }
            throw CAExchange.notUnderstood("no account", isCreating: false)
        }
        if vice == .showsTheKey { exchange.services.logger.log(.info, "signed in with \(key)", fields: []) }
        return AccountReport(account: account)
    }

    func products() async throws -> [CAProduct] {
        _ = try await check()
        return vice == .doesNotListProducts ? [] : [CAProduct(id: "mail", title: "Mail")]
    }

    func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        let body: JSONValue = [
            "reference": .string(request.reference), "product": .string(request.product),
            "csr": .string(request.csr.pem),
            "emails": JSONValue(request.names.emails), "commonName": JSONValue(request.names.commonName),
            "days": request.validityDays.map { JSONValue($0) } ?? .null,
        ]
        if vice == .needsFewerRequestsLater, request.reference.contains("wire") {
            _ = try? await call("POST", "/cancel/none", [:])
        }
        do {
            return try await outcome(call("POST", "/orders", body, gate: gate))
        } catch let error as ConnectorError where error.kind == .outcomeUnknown {
            switch vice {
            case .callsLostAnswersTransient: throw ConnectorError(.transient, error.message)
            case .callsThemRefused: throw ConnectorError(.refused, error.message)
            case .ordersAgainBlindly: return try await outcome(call("POST", "/orders", body, gate: gate))
            default: throw error
            }
        } catch let error as ConnectorError where error.kind == .throttled {
            if vice == .callsThrottledOrdersRefused { throw ConnectorError(.refused, error.message) }
            if vice == .ordersTwiceWhenThrottled { _ = try await call("POST", "/orders", body, gate: gate) }
            throw error
        }
    }

    func renew(_ request: CertificateRequest, predecessor: CAOrder, gate: SubmissionGate) async throws
        -> EnrollmentOutcome
    {
        if vice == .renewsWithTheOldOne { return try await poll(predecessor, request: request) }
        return try await enroll(request, gate: gate)
    }

    func poll(_ order: CAOrder, request: CertificateRequest) async throws -> EnrollmentOutcome {
        try await outcome(call("GET", "/orders/\(order.caRequestID)"))
    }

    func find(_ request: CertificateRequest) async throws -> OrderSearchResult {
        let rows = try await rows()
        if vice == .findsNothing { return .absent }
        let row = rows.first {
            vice == .findsAnybodys
                ? $0["email"]?.string == request.names.emails.first : $0["reference"]?.string == request.reference
        }
        return try row.map { .found(try outcome($0)) } ?? .absent
    }

    func inventory(from cursor: String?) async throws -> InventoryPage {
        let start = cursor.flatMap { Int($0) } ?? 0
        let rows = try await rows()
        let end = start + 2 < rows.count ? start + (vice == .losesBetweenPages ? 3 : 2) : rows.count
        return InventoryPage(
            entries: rows.dropFirst(start).prefix(2).map {
                InventoryEntry(
                    order: CAOrder(caRequestID: $0["id"]?.string ?? ""), status: $0["status"]?.string ?? "",
                    serialNumber: $0["serial"]?.string)
            }, next: end < rows.count ? String(end) : nil)
    }

    func cancel(_ order: CAOrder, note: String) async throws {
        _ = try await call("POST", "/cancel/\(order.caRequestID)", ["note": .string(note)])
    }

    func validationState(of order: CAOrder) async throws -> [AddressValidation] {
        let addresses = try await call("GET", "/proofs/\(order.caRequestID)")["addresses"]?.array ?? []
        return addresses.compactMap(\.string).map { AddressValidation(address: $0, isValidated: false) }
    }

    func resendValidation(of order: CAOrder) async throws {
        if vice == .forgetsToWriteAgain { return _ = try await validationState(of: order) }
        _ = try await call("POST", "/mails/\(order.caRequestID)", [:])
    }

    func revoke(_ request: RevocationRequest) async throws -> RevocationOutcome {
        guard reasons.word(for: request.reason) != nil || vice == .takesAnyReason else {
            throw ConnectorError(.refused, "the CA does not take the reason \(request.reason.name)")
        }
        _ = try await call(
            "POST", "/revoke/\(request.certificate.serialNumber)",
            ["reason": JSONValue(vice == .givesNoReason ? 0 : request.reason.rawValue)])
        return .revoked
    }

    private func rows() async throws -> [JSONValue] {
        do {
            let answer = try await call("GET", "/orders")
            guard let rows = answer["orders"]?.array else {
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
        default:
            return .rejected(
                OrderRejection(order: order, reason: vice == .sayNothing ? "" : row["reason"]?.string ?? ""))
        }
    }

    private func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, gate: SubmissionGate? = nil
    ) async throws -> JSONValue {
        let isCreating = gate != nil
        let answer = try await exchange.send(
            HTTPRequest(
                method: method, url: "https://ca.example" + path, headers: [("X-Key", key)],
                body: body.map { Array($0.text.utf8) }), gate: gate)
        let value = try? JSONValue(parsing: answer.body)
        guard answer.status == 200 else {
            var error = exchange.error(for: answer, isCreating: isCreating, message: value?["reason"]?.string)
            if vice == .ignoresRetryAfter { error.retryAfter = nil }
            throw error
        }
        guard let value else {
            if vice == .believesAnyAnswer { return [:] }
            throw CAExchange.notUnderstood("no JSON", isCreating: isCreating)
        }
        return value
    }
}
