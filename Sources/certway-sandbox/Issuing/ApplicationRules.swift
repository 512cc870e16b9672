// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// What an application must fulfil before it becomes an order.
struct ApplicationRules {
    let policy: OrderPolicy
    /// Keys that stand in certificates already.
    let certifiedKeys: Set<PublicKey>
    let now: Date

    func check(_ application: Application) throws(ApplicationRefusal) {
        try checkKey(application)
        try checkAddresses(application)
        let product = application.product
        let days = CertificateContents.days(of: application, now: now)
        guard product.days.contains(days) else {
            throw ApplicationRefusal(
                .validityNotAllowed, "\(days) days are not among the \(product.days) of \(product.id)",
                value: String(days))
        }
    }

    private func checkKey(_ application: Application) throws(ApplicationRefusal) {
        let isSigned = application.csr.map { (try? $0.verifySignature()) != nil } ?? true
        guard let key = application.publicKey, isSigned else {
            throw ApplicationRefusal(.badSignature, "the signature of the request is not by its key")
        }
        guard let type = key.keyType, application.product.keyTypes.contains(type) else {
            throw ApplicationRefusal(
                .keyNotAllowed, "\(key.algorithmName) is no key that \(application.product.id) allows",
                value: key.algorithmName)
        }
        guard policy.allowsKeyReuse || !certifiedKeys.contains(key) else {
            throw ApplicationRefusal(.keyReused, "the key was certified before")
        }
    }

    private func checkAddresses(_ application: Application) throws(ApplicationRefusal) {
        if application.product.needsAddress, application.emails.isEmpty {
            throw ApplicationRefusal(.addressMissing, "\(application.product.id) needs a mail address")
        }
        for email in application.emails {
            guard MailAddress.isWellFormed(email) else {
                throw ApplicationRefusal(.addressMalformed, "'\(email)' is not a mail address", value: email)
            }
            let domain = MailAddress.domain(email)
            if let allowed = policy.mailDomains, !allowed.contains(domain) {
                throw ApplicationRefusal(
                    .domainNotAllowed, "the domain \(domain) is not validated for this account", value: domain)
            }
        }
    }
}
