// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import PKIX

/// What the operations do (wire/soap.md section 4).
struct GlobalTrustOperations: Sendable {
    static let products = [
        SandboxProduct(
            id: "smime", name: "S/MIME and client authentication", profile: .smimeMultipurpose, days: 1...1100),
        SandboxProduct(id: "smime-strict", name: "S/MIME", profile: .smime, days: 1...1100),
    ]
    private static let longestPeriod = 36
    /// Asked again after so long; short, because it is only a sandbox.
    private static let retryAfter = 2

    let server: CAServer
    let units: [GlobalTrustUnit]

    private var book: OrderBook { server.book }

    func answer(_ message: SOAPMessage, _ request: ServerRequest) throws -> SOAPRecord {
        let content = message.content
        guard let unit = units.first(where: { $0.uid == content.text("Uid") }) else {
            throw GlobalTrustFault.unknownUid.fault("the UID \(content.text("Uid") ?? "") is not known")
        }
        switch message.operation.name {
        case "RequestCertificate": return order(try place(content, unit))
        case "GetOrder": return try getOrder(content, unit)
        case "RevokeCertificate": return try revoke(content, unit)
        case "GetCertificateStatus": return try status(content, unit)
        default: return account(unit, request)
        }
    }

    private func place(_ content: SOAPRecord, _ unit: GlobalTrustUnit) throws -> SandboxOrder {
        let reference = content.text("RequestReference") ?? ""
        guard
            let product = content.text("Product").map({ id in Self.products.first { $0.id == id } })
                ?? Self.products[0]
        else { throw GlobalTrustFault.unknownProduct.fault("the product is not one of this UID") }
        let months = content.int("PeriodMonths") ?? 0
        guard (1...Self.longestPeriod).contains(months) else {
            throw GlobalTrustFault.invalidPeriod.fault("\(months) months are not from 1 to \(Self.longestPeriod)")
        }
        guard let csr = try? CertificateSigningRequest(der: content.bytes("Pkcs10") ?? []) else {
            throw GlobalTrustFault.invalidCSR.fault("Pkcs10 is not a PKCS #10 request")
        }
        let key = "\(unit.uid) \(reference)"
        if let earlier = book.orders.last(where: { $0.application.idempotencyKey == key }),
            earlier.application.csr != csr, !book.switches.disobeys(.duplicateOrders)
        {
            throw GlobalTrustFault.duplicateReference.fault(
                "the reference was used with another request", orderID: earlier.id)
        }
        let emails = content.texts("Email")
        try checkAddresses(emails, csr, unit)
        guard book.truth.count < server.switches.own("quota")?.int ?? .max else {
            throw GlobalTrustFault.quotaExceeded.fault("no certificates are left")
        }
        var application = Application(product: product, csr: csr, subject: subject(csr, emails), emails: emails)
        application.userPrincipalName =
            csr.subjectAlternativeNames.lazy.compactMap {
                if case .userPrincipalName(let name) = $0 { name } else { nil }
            }.first
        application.notBefore = server.surroundings.clock.now
        application.notAfter = Calendar(identifier: .gregorian).date(
            byAdding: .month, value: months, to: server.surroundings.clock.now)
        application.reference = reference
        application.idempotencyKey = key
        application.requester = unit.uid
        do {
            return try book.place(application)
        } catch {
            throw Self.code(error.kind).fault(error.message)
        }
    }

    /// The addresses of the order count; the request may repeat them and name nobody else.
    private func checkAddresses(_ emails: [String], _ csr: CertificateSigningRequest, _ unit: GlobalTrustUnit) throws {
        let given = Set(emails.map { $0.lowercased() })
        let requested = csr.subjectAlternativeNames.compactMap { name -> String? in
            if case .rfc822Name(let address) = name { address.lowercased() } else { nil }
        }
        guard requested.allSatisfy({ given.contains($0) }) else {
            throw GlobalTrustFault.emailMismatch.fault("Pkcs10 names an address that Email does not")
        }
        for email in emails where !unit.domains.contains(MailAddress.domain(email)) {
            throw GlobalTrustFault.domainNotAllowed.fault("the domain of \(email) is not one of \(unit.uid)")
        }
    }

    /// Names of the person are taken from the request, the organization is the customer's.
    private func subject(_ csr: CertificateSigningRequest, _ emails: [String]) -> DistinguishedName {
        var attributes: [DistinguishedName.Attribute] = [.init("C", "DE"), .init("O", "Sandbox GmbH")]
        attributes += csr.subject.attributes.filter { ["SN", "GN", "pseudonym"].contains($0.type) }
        attributes.append(.init("CN", csr.subject.commonName ?? emails.first ?? ""))
        return DistinguishedName(attributes)
    }

    private static func code(_ kind: ApplicationRefusal.Kind) -> GlobalTrustFault {
        switch kind {
        case .badSignature, .keyNotAllowed, .nameNotAllowed: .invalidCSR
        case .keyReused: .keyReused
        case .addressMissing, .addressMalformed: .emailMismatch
        case .domainNotAllowed: .domainNotAllowed
        case .validityNotAllowed: .invalidPeriod
        case .referenceUsed, .renewalRefused: .duplicateReference
        }
    }

    private func order(_ order: SandboxOrder) -> SOAPRecord {
        let status =
            switch order.status {
            case .issued, .revoked, .expired: "ISSUED"
            case .pending: "PENDING"
            case .rejected, .cancelled: "REJECTED"
            }
        let record = SOAPRecord().adding("OrderId", order.id).adding("Status", status).adding("Message", order.reason)
            .adding("RetryAfterSeconds", order.status == .pending ? Self.retryAfter : nil)
            .adding("Certificate", order.certificate.map { .bytes($0.der) })
            .adding("ChainCertificate", all: order.certificate == nil ? [] : order.chain.map { .bytes($0.der) })
        return SOAPRecord().adding("Order", .record(record))
    }

    private func getOrder(_ content: SOAPRecord, _ unit: GlobalTrustUnit) throws -> SOAPRecord {
        let reference = content.text("RequestReference").map { "\(unit.uid) \($0)" }
        let id =
            content.text("OrderId")
            ?? book.orders.first { $0.application.idempotencyKey == reference && reference != nil }?.id ?? ""
        guard let found = book.poll(id), found.application.requester == unit.uid else {
            throw GlobalTrustFault.unknownOrder.fault("there is no such order")
        }
        return order(found)
    }

    private func revoke(_ content: SOAPRecord, _ unit: GlobalTrustUnit) throws -> SOAPRecord {
        let (serial, _) = try certificate(content, unit)
        let reason = content.int("Reason") ?? -1
        // RFC 5280 section 5.3.1, those that fit a subscriber; a hold could not be ended.
        guard [0, 1, 3, 4, 5, 9].contains(reason) else {
            throw SOAPFault(.client, "the reason \(reason) is not one of 0, 1, 3, 4, 5, 9")
        }
        do {
            let revoked = try book.revoke(serial, reason: reason)
            return SOAPRecord().adding("Status", "REVOKED").adding("RevocationTime", revoked.revocation?.date)
        } catch .alreadyRevoked {
            throw GlobalTrustFault.alreadyRevoked.fault("the certificate is revoked already")
        } catch {
            throw GlobalTrustFault.unknownCertificate.fault("there is no such certificate")
        }
    }

    private func status(_ content: SOAPRecord, _ unit: GlobalTrustUnit) throws -> SOAPRecord {
        guard let (_, order) = try? certificate(content, unit) else {
            return SOAPRecord().adding("Status", "UNKNOWN")
        }
        let word = order.revocation != nil ? "REVOKED" : order.status == .expired ? "EXPIRED" : "VALID"
        return SOAPRecord().adding("Status", word).adding("Reason", order.revocation?.reason)
            .adding("RevocationTime", order.revocation?.date)
    }

    private func certificate(_ content: SOAPRecord, _ unit: GlobalTrustUnit) throws -> (SerialNumber, SandboxOrder) {
        guard let serial = content.text("SerialNumber").flatMap({ SerialNumber(hex: $0) }),
            let order = book.order(serial: serial), order.application.requester == unit.uid
        else { throw GlobalTrustFault.unknownCertificate.fault("there is no such certificate") }
        return (serial, order)
    }

    private func account(_ unit: GlobalTrustUnit, _ request: ServerRequest) -> SOAPRecord {
        let shown = request.clientCertificateChain.first.flatMap { try? Certificate(der: $0) }
        let last = book.truth.last { $0.certificate != nil }
        return SOAPRecord().adding("Domain", all: unit.domains.map { .text($0) })
            .adding("Product", all: Self.products.map { .text($0.id) })
            .adding("MaxPeriodMonths", Self.longestPeriod)
            .adding("OperatorNotAfter", shown?.notAfter ?? server.surroundings.clock.now)
            .adding("CaCertificate", all: (last?.chain ?? server.authority.chain).map { .bytes($0.der) })
    }
}
