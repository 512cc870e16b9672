// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Ordering, picking up and rekeying (wire/globalsign-atlas.md sections 5, 6 and 8).
struct AtlasOrderEndpoints: Sendable {
    let account: AtlasAccount

    var routes: [Route] {
        [
            Route("atlas.enroll", "POST", "/v2/certificates", subject: ["san", "emails"]) { try place($0) },
            Route("atlas.certificate", "GET", "/v2/certificates/{serial}") { try certificate($0) },
            Route("atlas.rekey", "POST", "/v2/certificates/{serial}/rekey") { try rekey($0) },
        ]
    }

    private func place(_ call: Call) throws -> Reply {
        let credential = try account.credential(call)
        let (content, key) = try PolicyCheck.read(
            try call.atlasBody(), policy: account.policy(of: credential), now: account.clock.now)
        var application = Application(product: credential.product, publicKey: key, csr: content.csr)
        application.subject = content.subject
        application.emails = content.emails
        application.otherNames = content.otherNames
        application.keyUsage = content.keyUsage
        application.extendedKeyUsage = content.extendedKeyUsage
        application.additionalExtensions = content.extensions
        application.notBefore = content.notBefore
        application.notAfter = content.notAfter
        application.requester = credential.key
        return try take(application)
    }

    /// Answers at once with the place where the certificate will be; nothing is issued for a quota that is used up.
    private func take(_ application: Application) throws(Reply) -> Reply {
        guard account.quota > 0 else { throw AtlasError.quotaReached }
        do {
            let order = try account.book.place(application)
            return .empty(status: 201).adding("Location", "/v2/certificates/\(AtlasSerial.text(of: order))")
        } catch {
            throw AtlasError.policy([Self.member(error.kind): error.message])
        }
    }

    private static func member(_ kind: ApplicationRefusal.Kind) -> String {
        switch kind {
        case .badSignature, .keyNotAllowed, .keyReused: "public_key"
        case .addressMissing, .addressMalformed, .domainNotAllowed: "san.emails"
        case .validityNotAllowed: "validity.not_after"
        case .nameNotAllowed, .referenceUsed, .renewalRefused: "subject_dn"
        }
    }

    private func certificate(_ call: Call) throws -> Reply {
        guard let order = account.book.poll(try AtlasSerial.id(call["serial"])) else { throw AtlasError.notFound }
        guard let certificate = order.certificate else {
            guard order.status != .pending else {
                return .json(["description": "Operation in progress"], status: 202)
            }
            // Where the real service says why is not known.
            throw AtlasError.refused(order.reason)
        }
        return .json(
            [
                "certificate": .string(certificate.pem),
                "status": .string(order.revocation == nil ? "ISSUED" : "REVOKED"),
                "updated_at": JSONValue(Int(order.changed.timeIntervalSince1970)),
            ], headers: [("Content-Type", "application/json;charset=utf-8")])
    }

    /// A new key for the same names and the same end; the old certificate stays valid.
    private func rekey(_ call: Call) throws -> Reply {
        let credential = try account.credential(call)
        let (key, csr) = try PolicyCheck.readRekey(
            try call.atlasBody(), policy: account.policy(of: credential), now: account.clock.now)
        let old: SandboxOrder
        do {
            old = try account.book.renewable(id: try AtlasSerial.id(call["serial"]))
        } catch let problem as OrderProblem {
            throw AtlasError.problem(problem, verb: "rekey")
        }
        guard old.status == .issued else { throw AtlasError.conflict(old.status, verb: "rekey") }
        var application = Application(product: old.application.product, publicKey: key, csr: csr)
        let names = old.application
        application.subject = names.subject
        application.emails = names.emails
        application.otherNames = names.otherNames
        application.keyUsage = names.keyUsage
        application.extendedKeyUsage = names.extendedKeyUsage
        application.additionalExtensions = names.additionalExtensions
        application.notBefore = account.clock.now
        application.notAfter = old.certificate?.notAfter
        application.requester = credential.key
        application.renewalOf = old.id
        return try take(application)
    }
}

extension AtlasSerial {
    static func text(of order: SandboxOrder) -> String { text(SerialNumber(hex: order.id) ?? order.serialNumber) }
}
