// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import YAMLDocuments

/// A connector with every ability, for `PretendCA`; it, too, may have a vice.
final class PretendConnector: CertificateAuthorityConnector, CertificateRevoking, OrderCancelling, ProductListing,
    ValidationReporting, ValidationResending
{
    static let kind: ConnectorKind = "pretend"
    static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] { [] }

    let absenceIsSureAfter = Duration.zero
    let exchange: CAExchange
    let key: String
    let vice: Vice?
    private let reasons: RevocationReasonTable

    init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        vice = settings.values["vice"]?.string.flatMap(Vice.init)
        var services = services
        if vice == .holdsNobodyBack {
            services.rateLimiter = SlidingWindowRateLimiter(limits: [], clock: services.clock)
        }
        exchange = CAExchange(profile, services: services, secrets: Array(settings.secrets.values))
        key = settings.secrets["key"]?.revealed ?? ""
        reasons = profile.revocationReasons
    }

    func check() async throws -> AccountReport {
        do {
            guard vice == .cannotBeCancelled else { return try await account() }
            return try await Task.detached { try await self.account() }.value
        } catch let error as ConnectorError {
            switch (vice, error.kind) {
            case (.callsExpiredTransient, .authentication): throw ConnectorError(.transient, error.message)
            case (.callsUnreachableConfiguration, .transient) where error.message.contains("refused"):
                throw ConnectorError(.configuration, error.message)
            case (.callsDistrustTransient, .configuration): throw ConnectorError(.transient, error.message)
            default: throw error
            }
        }
    }

    private func account() async throws -> AccountReport {
        let answer = try await call("GET", "/account")
        guard let account = answer["account"]?.string else {
            if vice == .believesAnyAnswer { return AccountReport(account: "fine") }
            throw CAExchange.notUnderstood("no account", isCreating: false)
        }
        switch vice {
        case .showsTheKey: exchange.services.logger.log(.info, "signed in with \(key)", fields: [])
        case .keyInTheReport: return AccountReport(account: account, facts: [("key", key)])
        case .endlessReport:
            return AccountReport(account: account, warnings: [String(repeating: "and so on ", count: 200)])
        default: break
        }
        return AccountReport(account: account)
    }

    func products() async throws -> [CAProduct] {
        _ = try await check()
        if vice == .listsNoProducts { return [] }
        let products = [CAProduct(id: "mail", title: "Mail"), CAProduct(id: "logon", title: "Logon")]
        return vice == .listsProductsTwice ? products + products : products
    }

    func cancel(_ order: CAOrder, note: String) async throws {
        _ = try await call("POST", "/cancel/\(order.caRequestID)", ["note": .string(note)])
    }

    func validationState(of order: CAOrder) async throws -> [AddressValidation] {
        let addresses = try await call("GET", "/proofs/\(order.caRequestID)")["addresses"]?.array ?? []
        return addresses.map {
            AddressValidation(address: $0["address"]?.string ?? "", isValidated: $0["proven"]?.bool ?? false)
        }
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
}
