// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Names
import Settings

/// Decides by directory and template whether somebody may have a certificate, and with which names: the one place, for who
/// plans, who looks again before an order leaves, and who orders again by hand.
struct EnrollmentRules {
    enum Finding {
        /// Not, or no longer, in the enrollment group.
        case left(String)
        /// A member who cannot get a certificate.
        case excluded(String)
        /// With what is to be said although nothing stands against an order; nil for nothing.
        /// - Parameter doubts: addresses of theirs that somebody else says are his, and not more than they do.
        case entitled(RequestedNames, warning: String? = nil, doubts: [DoubtfulAddress] = [])

        /// As it is for somebody whom a person has left out: who is gone, or could get none anyway, is so all the same.
        func leaving(out exception: EnrollmentException?) -> Finding {
            guard let exception, exception.kind == .leaveOut, case .entitled = self else { return self }
            return .excluded(exception.sentence)
        }
    }

    /// Why somebody is left out whose account is disabled.
    static let disabled = "the account is disabled"

    private let template: TemplateConfiguration
    /// Keys of `RequestedNames` that the CA product certifies; nil where its profile does not say.
    let certifiedNames: [String]?
    private let builder: NameBuilder

    private let rules: TemplateRules?

    /// - Parameters:
    ///   - product: what the CA product needs; nil when the profile does not say.
    ///   - rules: what an order must keep to; nil where nothing is to be ordered.
    init(template: TemplateConfiguration, product: ProductFacts?, rules: TemplateRules?) {
        self.template = template
        self.rules = rules
        certifiedNames = product?.allowedNames
        builder = NameBuilder(template: template, product: product)
    }

    /// - Parameters:
    ///   - member: nil for somebody who never was in the group.
    ///   - isIssued: whether it is about a certificate that is there already.
    func find(_ member: EnrollmentMember?, isIssued: Bool = false) -> Finding {
        guard let member else { return .left("never was in the group") }
        guard member.isPresent else { return .left(member.isDeleted ? "deleted from the tenant" : "left the group") }
        // Nobody signs in as a shared mailbox: its account is disabled.
        guard member.person.isAccountEnabled || template.mailboxes != nil else { return .excluded(Self.disabled) }
        guard template.guests || !member.person.isGuest else {
            return .excluded("is a guest, and the template does not say guests: true")
        }
        if template.mailboxes != nil, !isIssued, member.isUnopened(includesGuests: template.guests) {
            return .excluded(EnrollmentMember.unopened)
        }
        let built = builder.build(for: member.person, rivals: member.rivals)
        if let obstacle = built.obstacle { return .excluded(obstacle) }
        let findings = rules?.findings(built.names, primaryAddress: member.person.smtpAddresses.first) ?? []
        return findings.obstacle.map { .excluded($0) }
            ?? .entitled(built.names, warning: findings.warning, doubts: built.doubts)
    }
}
