// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Takes applications, answers polls and confirmations (wire/cmc.md sections 6, 8 and 11).
struct EnrollmentHandler: Sendable {
    let book: OrderBook
    let settings: SwissSignSwitches
    let memory: TransactionMemory

    /// Adds the status of one PKCS #10 and what was issued for it.
    ///
    /// - Parameters:
    ///   - transaction: nil where the message names none; the same one with the same request is the same order.
    ///   - waits: for an approver.
    func apply(
        _ csr: CertificateSigningRequest, bodyPart: UInt32, query: AccountQuery, transaction: CMCTransactionID?,
        signer: Certificate?, waits: Bool, to result: inout CMCResult
    ) {
        do throws(CMCRefusal) {
            if let info = settings.failInfo { throw CMCRefusal(info, "A failure was ordered") }
            var application = try application(csr, query)
            application.requester = signer.map { "\($0.subject)" }
            application.idempotencyKey = transaction.map { id in
                "\(signer?.sha256Fingerprint ?? "") \(id) \(bodyPart) \(DigestAlgorithm.sha256.digest(csr.der))"
            }
            application.details = ["transactionID": JSONValue(transaction.map { "\($0)" })]
            application.needsApproval = application.needsApproval || waits
            add(try place(application), bodyPart: bodyPart, isPoll: false, to: &result)
        } catch {
            result.statuses.append(error.status(of: bodyPart))
        }
    }

    func poll(_ token: [UInt8], bodyPart: UInt32, to result: inout CMCResult) {
        guard let order = book.poll(String(decoding: token, as: UTF8.self)) else {
            result.statuses.append(CMCRefusal(.badRequest, "unknown pendToken").status(of: bodyPart))
            return
        }
        add(order, bodyPart: bodyPart, isPoll: true, to: &result)
    }

    /// The client has the certificate and wants it, or says by a status of its own that it does not.
    func confirm(_ name: IssuerAndSerialNumber, bodyPart: UInt32, accepts: Bool, to result: inout CMCResult) {
        let known = book.order(serial: name.serialNumber)?.certificate ?? settings.adoptedCertificate
        guard let known, IssuerAndSerialNumber(known) == name else {
            result.statuses.append(CMCRefusal(.badCertId, "unknown certificate").status(of: bodyPart))
            return
        }
        memory.confirmed(name.serialNumber)
        // Cessation of operation: a certificate that nobody wants.
        if !accepts { _ = try? book.revoke(name.serialNumber, reason: 5) }
        result.statuses.append(CMCStatus(.success, bodyList: [.id(bodyPart)]))
    }

    private func add(_ order: SandboxOrder, bodyPart: UInt32, isPoll: Bool, to result: inout CMCResult) {
        if let certificate = order.certificate {
            result.certificates += [certificate] + order.chain
            var code = CMCStatus.Code.success
            if settings.wantsConfirmation {
                memory.waitsForConfirmation(certificate.serialNumber, order: order.id)
                code = .confirmRequired
            }
            result.statuses.append(CMCStatus(code, bodyList: [.id(bodyPart)]))
        } else if order.status == .pending {
            result.statuses.append(
                CMCStatus(
                    .pending, bodyList: [.id(bodyPart)], text: "Waiting for approval",
                    otherInfo: pendingInfo(order, isPoll: isPoll)))
        } else {
            result.statuses.append(CMCRefusal(.badRequest, order.reason).status(of: bodyPart))
        }
    }

    private func pendingInfo(_ order: SandboxOrder, isPoll: Bool) -> CMCStatus.OtherInfo? {
        let first = order.created.addingTimeInterval(1)
        if isPoll {
            switch settings.pendingInfo {
            case .repeated: break
            case .omitted: return nil
            case .later: return .pendInfo(token: Array(order.id.utf8), time: book.clock.now.addingTimeInterval(2))
            }
        }
        return .pendInfo(token: Array(order.id.utf8), time: first)
    }

    private func application(_ csr: CertificateSigningRequest, _ query: AccountQuery) throws(CMCRefusal) -> Application
    {
        try query.checkAccount()
        let product = try query.product
        var application = Application(product: product.product, csr: csr, subject: csr.subject)
        application.days = try query.days
        for name in csr.subjectAlternativeNames {
            if case .rfc822Name(let address) = name {
                application.emails.append(address)
            } else {
                application.otherNames.append(name)
            }
        }
        if !book.switches.disobeys(.issuesWhatWasRejected) { try check(&application, product) }
        return application
    }

    /// The names against product and contract: spelled exactly so, upper and lower case included.
    private func check(_ application: inout Application, _ product: SwissSignProduct) throws(CMCRefusal) {
        let organization = application.subject["O"]
        guard organization == SwissSignProduct.organization || (organization == nil && !product.needsOrganization)
        else {
            throw CMCRefusal(.badRequest, "Subject not permitted for this product")
        }
        if settings.needsAddress, application.emails.isEmpty {
            throw CMCRefusal(.badRequest, "The request names no mail address")
        }
        let allowed = [PersonGenerator.domain, PersonGenerator.aliasDomain] + settings.trustedDomains
        for email in application.emails where !allowed.contains(String(email.drop { $0 != "@" }.dropFirst())) {
            guard settings.unknownDomainsWait else {
                throw CMCRefusal(.badRequest, "The domain of \(email) is not validated for this account")
            }
            application.needsApproval = true
        }
        if settings.refusesKeyReuse, book.truth.contains(where: { $0.application.publicKey == application.publicKey }) {
            throw CMCRefusal(.noKeyReuse, "The key was certified before")
        }
    }

    private func place(_ application: Application) throws(CMCRefusal) -> SandboxOrder {
        do {
            return try book.place(application)
        } catch {
            let info: CMCFailInfo =
                switch error.kind {
                case .badSignature: .popFailed
                case .keyNotAllowed: .badAlg
                case .keyReused: .noKeyReuse
                default: .badRequest
                }
            throw CMCRefusal(info, error.message)
        }
    }
}
