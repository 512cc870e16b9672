// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Decides about a request as the enterprise policy module does: template, permission, agent, key, names.
struct PolicyModule: Sendable {
    let domain: WindowsDomain
    /// Issued the agents' certificates.
    let authority: IssuingAuthority
    /// EDITF_ATTRIBUTESUBJECTALTNAME2: names in the attribute `san` count.
    let honoursNameAttribute: Bool
    let now: Date

    static let enrollmentAgent = KeyPurpose(rawValue: "1.3.6.1.4.1.311.20.2.1")

    func decide(_ request: SubmittedRequest, _ attributes: RequestAttributes, by account: WindowsAccount)
        throws(PolicyDenial)
        -> Application
    {
        guard let name = attributes.template else { throw PolicyDenial(.templateMissing) }
        guard let template = CertificateTemplate.named(name) else { throw .unpublished(name) }
        guard account.isOfficer || (account.mayEnroll && !template.isRestricted) else {
            throw PolicyDenial(.templateDenied)
        }
        let subject = try subject(of: request, template, account)
        var application = Application(product: template.product, csr: request.csr)
        application.extendedKeyUsage = template.purposes
        application.requester = account.name
        application.needsApproval = template.needsApproval
        application.details = ["account": .string(subject.name), "attributes": attributes.json]
        if let end = attributes.end(from: now),
            end < now.addingTimeInterval(Double(template.product.usualDays) * 86_400)
        {
            application.notAfter = end
        }
        if template.takesSubjectFromRequest {
            try copyNames(of: request.csr, into: &application)
        } else {
            setNames(of: subject, in: &application)
        }
        if honoursNameAttribute { add(attributes.alternativeNames, to: &application) }
        if template.checksLogonName { try checkLogonName(request.csr, &application) }
        return application
    }

    /// The account the certificate is for: the one that authenticated, or whom an agent names.
    private func subject(of request: SubmittedRequest, _ template: CertificateTemplate, _ account: WindowsAccount)
        throws(PolicyDenial) -> WindowsAccount
    {
        guard let agent = request.agent else {
            guard template.agentSignatures == 0 else { throw PolicyDenial(.signatureCount) }
            return account
        }
        guard template.agentSignatures == agent.message.signers.count else { throw PolicyDenial(.signatureCount) }
        do {
            try agent.message.verify(
                trustAnchors: [authority.root], intermediates: [authority.issuing], at: now,
                purpose: Self.enrollmentAgent)
        } catch {
            throw PolicyDenial(.signaturePolicy)
        }
        guard let name = agent.requesterName else { throw PolicyDenial(.signaturePolicy) }
        do {
            return try domain.requester(name)
        } catch {
            throw PolicyDenial(error)
        }
    }

    private func copyNames(of csr: CertificateSigningRequest, into application: inout Application) throws(PolicyDenial)
    {
        application.subject = csr.subject
        add(csr.subjectAlternativeNames, to: &application)
        guard !csr.subject.isEmpty || !csr.subjectAlternativeNames.isEmpty else { throw PolicyDenial(.badSubject) }
    }

    private func add(_ names: [GeneralName], to application: inout Application) {
        for name in names {
            switch name {
            case .rfc822Name(let address): application.emails.append(address)
            case .userPrincipalName(let name) where application.userPrincipalName == nil:
                application.userPrincipalName = name
            default: application.otherNames.append(name)
            }
        }
    }

    /// Subject, alternative names and the security identifier, which the CA adds only here (section 9).
    private func setNames(of account: WindowsAccount, in application: inout Application) {
        var attributes = PersonGenerator.domain.split(separator: ".").reversed().map {
            DistinguishedName.Attribute("DC", String($0))
        }
        attributes += [.init("CN", "Users"), .init("CN", account.displayName)]
        if let mail = account.mail { attributes.append(.init("emailAddress", mail)) }
        application.subject = DistinguishedName(attributes)
        application.emails = account.mail.map { [$0] } ?? []
        application.userPrincipalName = account.userPrincipalName
        application.securityIdentifier = account.securityIdentifier
    }

    /// The logon name must be an account's, and an identifier in the request, by extension or by URI, must be the same one's.
    private func checkLogonName(_ csr: CertificateSigningRequest, _ application: inout Application) throws(PolicyDenial)
    {
        guard let name = application.userPrincipalName, let account = domain.account(userPrincipalName: name) else {
            throw PolicyDenial(.badSubject)
        }
        let prefix = "tag:microsoft.com,2022-09-14:sid:"
        let tagged = csr.subjectAlternativeNames.compactMap { name -> String? in
            guard case .uniformResourceIdentifier(let uri) = name, uri.hasPrefix(prefix) else { return nil }
            return String(uri.dropFirst(prefix.count))
        }
        let identifier = csr.securityIdentifier
        for claimed in tagged + [identifier].compactMap(\.self) {
            guard account.securityIdentifiers.contains(claimed) else { throw PolicyDenial(.badSubject) }
        }
        application.securityIdentifier = identifier
    }
}
