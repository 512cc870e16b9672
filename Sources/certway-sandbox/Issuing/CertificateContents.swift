// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// What an order's certificate will say.
struct CertificateContents {
    let order: SandboxOrder
    let now: Date

    var builder: CertificateBuilder {
        get throws {
            let application = order.application
            guard let key = application.publicKey else {
                throw ApplicationRefusal(.badSignature, "the request has no key")
            }
            let start = application.notBefore ?? now
            let end =
                application.days == nil && application.notAfter != nil
                ? application.notAfter
                : start.addingTimeInterval(TimeInterval(Self.days(of: application, now: now)) * 86_400)
            var names: [GeneralName] = application.emails.map { .rfc822Name($0) }
            if let name = application.userPrincipalName { names.append(.userPrincipalName(name)) }
            var builder = CertificateBuilder(
                profile: application.product.profile, subject: application.subject,
                publicKey: key, alternativeNames: names + application.otherNames,
                notBefore: start, notAfter: end ?? start)
            builder.serialNumber = order.serialNumber
            if let usage = application.keyUsage { builder.keyUsage = usage }
            if let purposes = application.extendedKeyUsage { builder.extendedKeyUsage = purposes }
            builder.certificatePolicies = application.product.policies
            builder.securityIdentifier = application.securityIdentifier
            builder.additionalExtensions = application.additionalExtensions
            return builder
        }
    }

    /// Whole days of validity that are asked for.
    static func days(of application: Application, now: Date) -> Int {
        if let days = application.days { return days }
        guard let end = application.notAfter else { return application.product.usualDays }
        return Int((end.timeIntervalSince(application.notBefore ?? now) / 86_400).rounded(.up))
    }
}
