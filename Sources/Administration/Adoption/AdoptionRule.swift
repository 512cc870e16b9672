// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Directory
import Foundation
import Ledger
import PKIX
import Planning
import Settings

/// Decides which certificate that others have ordered stands for an order that a template would place.
struct AdoptionRule {
    let template: TemplateConfiguration
    /// Those whose accepted roots a certificate may lead to: the template's own first.
    var backends: [BackendCA]
    /// Who in the directory has the names that the certificates say, by object id: addresses, and names to sign in with.
    let holders: [String: Set<String>]
    /// Who may open shared mailboxes, by mailbox.
    var openers: [String: Set<String>] = [:]
    /// Those that their CAs publish as revoked, or whose keys are in wrong hands, by SHA-256 fingerprint: one sentence each.
    var revoked: [String: String] = [:]
    let now: Date

    /// The best of those that name the person: the one that is good for longest; the others are left alone.
    ///
    /// - Parameters:
    ///   - candidates: certificates that share a name with the order, not empty.
    ///   - isInIntune: whether Intune holds a certificate for the person, by SHA-1 fingerprint.
    func decide(
        _ order: NewOrder, _ candidates: [FoundCertificate], isInIntune: (FoundCertificate) -> Bool
    ) -> [Adoption] {
        // What is the person's own before what is good for longer.
        func rank(_ found: FoundCertificate) -> (Int, Date, Date) {
            let own = (foreign(in: found, of: order) == nil ? 2 : 0) + (isInIntune(found) ? 1 : 0)
            return (own, found.certificate.notAfter, found.certificate.notBefore)
        }
        let sorted = candidates.sorted { rank($0) > rank($1) }
        var isTaken = false
        return sorted.map { found in
            let delivered = isInIntune(found)
            func leave(_ reason: String) -> Adoption {
                Adoption(
                    found, .leave, person: order.userPrincipalName, template: template.name, reason: reason,
                    isInIntune: delivered)
            }
            if let reason = obstacle(to: found) ?? stranger(in: found, of: order) { return leave(reason) }
            if isTaken { return leave(Self.another) }
            guard let backend = backend(of: found) else {
                return leave(
                    "its issuer, \(found.certificate.issuer), leads to no accepted root of a backend CA: configure the CA that has issued "
                        + "it, or name its CA certificates, too")
            }
            isTaken = true
            return adopt(found, order, backend, delivered)
        }
    }

    /// Nobody gets two.
    private static let another = "another one of the same person is taken over"

    /// Why a certificate is left alone whose person has got another one by this template.
    ///
    /// - Parameter own: the rule of the template's own CAs.
    func beside(_ order: NewOrder, _ found: FoundCertificate, own: AdoptionRule) -> Adoption {
        let reason =
            obstacle(to: found) ?? stranger(in: found, of: order)
            ?? (own.backend(of: found) == nil
                ? "another one of the same person is of the template's own CA" : Self.another)
        return Adoption(found, .leave, person: order.userPrincipalName, template: template.name, reason: reason)
    }

    /// What stands against a certificate whosever it is: it is over, or its CA publishes it as revoked.
    static func obstacle(to certificate: Certificate, revoked: [String: String], now: Date) -> String? {
        guard certificate.notAfter > now else { return "it is over" }
        guard certificate.notBefore <= now else { return "it is not valid yet" }
        return revoked[certificate.sha256Fingerprint]
    }

    /// What stands against it whoever has issued it.
    private func obstacle(to found: FoundCertificate) -> String? {
        let certificate = found.certificate
        if let reason = Self.obstacle(to: certificate, revoked: revoked, now: now) { return reason }
        guard certificate.extendedKeyUsage.contains(template.purpose.extendedKeyUsage) else {
            return "it is not for \(template.purpose.extendedKeyUsage.name), which template \(template.name) is for"
        }
        if template.purpose.isArchivable, let usage = certificate.keyUsage,
            usage.isDisjoint(with: [.keyEncipherment, .keyAgreement])
        {
            return "nobody can encrypt for its key, and template \(template.name) is for that, too"
        }
        if template.purpose == .smimeEncryption, certificate.keyUsage.map({ $0.contains(.digitalSignature) }) ?? true {
            return "its key signs, and template \(template.name) is for encryption only"
        }
        return nil
    }

    /// Which name of it is another account's, or not the one by which the template lets the person sign in: whoever has its key could read
    /// somebody else's mail, or sign in as somebody else, and it is nobody's to look after.
    private func stranger(in found: FoundCertificate, of order: NewOrder) -> String? {
        let certificate = found.certificate
        let names = certificate.emailAddresses + certificate.userPrincipalNames
        let person = order.subscriberID.lowercased()
        func holders(of name: String) -> Set<String> { self.holders[AddressSource.foldedCase(name)] ?? [] }
        // Beside an own address that of a mailbox which the person may open: the other way to certify mailboxes.
        let isOwn = names.contains { holders(of: $0).contains(person) }
        if let name = names.first(where: { name in
            holders(of: name).contains { $0 != person && !(isOwn && openers[$0]?.contains(person) ?? false) }
        }) {
            return "it names \(name), which is somebody else's too: have it revoked where it was ordered"
        }
        if let name = foreign(in: found, of: order) {
            return
                "it names \(name), which nobody has now, and not \(order.userPrincipalName)'s own first address: it was somebody else's; have it "
                + "revoked where it was ordered"
        }
        let wanted = RequestedNames(json: order.names)
        if let name = wanted.userPrincipalName, !found.signsIn(as: name) {
            return "it does not sign in as \(name)"
        }
        let identifiers = certificate.securityIdentifiers
        if let own = wanted.securityIdentifier, identifiers.isEmpty || identifiers.contains(where: { $0 != own }) {
            return identifiers.isEmpty
                ? "it has no security identifier, which template \(template.name) asks for"
                : "its security identifier is not that of \(order.userPrincipalName)"
        }
        return nil
    }

    /// A name that it has and the person has not, where it does not name the first of the person's addresses: an address went from
    /// somebody who is gone to the person, and the certificate did not.
    private func foreign(in found: FoundCertificate, of order: NewOrder) -> String? {
        let certificate = found.certificate
        let wanted = RequestedNames(json: order.names)
        guard let first = wanted.emails.first, !found.names(address: first),
            !found.names(address: order.userPrincipalName)
        else {
            return nil
        }
        let person = order.subscriberID.lowercased()
        return (certificate.emailAddresses + certificate.userPrincipalNames).first {
            !(holders[AddressSource.foldedCase($0)] ?? []).contains(person)
        }
    }

    private func backend(of found: FoundCertificate) -> BackendCA? {
        backends.first { backend in
            if case .authority(let name, _) = found.source, name != backend.name { return false }
            return backend.acceptedRoot(
                of: found.certificate, among: found.issuers + backend.profile.chain.intermediates, at: now) != nil
        }
    }

    private func adopt(
        _ found: FoundCertificate, _ order: NewOrder, _ backend: BackendCA, _ isInIntune: Bool
    ) -> Adoption {
        var new = order
        (new.decision, new.price) = (.adoptCertificate, nil)
        new.reason = "adopted: ordered by others, found in \(found.source.text)"
        // Its addresses are what counts: what else it says may be in another product's words, and waits for the renewal.
        var names = RequestedNames(json: order.names)
        let missing = names.emails.filter { !found.names(address: $0) }
        names.emails = names.emails.filter(found.names(address:))
        let strange = found.certificate.emailAddresses.filter { address in
            !names.emails.contains { AddressSource.foldedCase($0) == AddressSource.foldedCase(address) }
        }
        names.emails += strange
        new.names = names.json
        if backend.name != order.backendCA { new.backendCA = backend.name }
        if var terms = try? OrderTerms(json: order.request), !isInIntune {
            // What is not there is not missed there.
            terms.delivery = .none
            new.request = terms.json
        }
        var order: CAOrder?
        if case .authority(_, let known) = found.source { order = known }
        let path =
            (try? CertificateChain.order(
                found.issuers + [found.certificate], leafKey: found.certificate.publicKey)) ?? []
        let adopted = AdoptedCertificate(
            order: new,
            certificate: NewCertificate(
                found.certificate, chain: path.dropFirst().filter { !$0.isSelfSigned }),
            connection: backend.connection, caRequestID: order?.caRequestID,
            caIdentifiers: order?.identifiers ?? [:])
        let differences =
            missing.map { "lacks \($0)" } + strange.map { "names \($0), which is not the person's now" }
        // No reason to replace it: it is renewed where the template orders then.
        let elsewhere =
            template.isOrderedAt(backend.name)
            ? [] : ["is of \(backend.name), the template orders at \(template.backendCA)"]
        return Adoption(
            found, differences.isEmpty ? .adopt : .adoptAndReplace, person: new.userPrincipalName,
            template: template.name, reason: (differences + elsewhere).joined(separator: ", "),
            isInIntune: isInIntune, adopted: adopted)
    }
}

extension TemplateConfiguration {
    /// Whether its certificates are ordered there, or may be while its own CA is out of order.
    func isOrderedAt(_ backendCA: String) -> Bool {
        backendCA == self.backendCA || backendCA == failover?.backendCA
    }
}

extension FoundCertificate {
    func names(address: String) -> Bool {
        certificate.emailAddresses.contains { AddressSource.foldedCase($0) == AddressSource.foldedCase(address) }
    }

    /// Whether the account of this name is the only one that it signs in.
    func signsIn(as name: String) -> Bool {
        let names = certificate.userPrincipalNames
        return !names.isEmpty && names.allSatisfy { AddressSource.foldedCase($0) == AddressSource.foldedCase(name) }
    }

    /// Names by which its person is found, as they are compared.
    var keys: Set<String> {
        Set((certificate.emailAddresses + certificate.userPrincipalNames).map(AddressSource.foldedCase))
    }
}
