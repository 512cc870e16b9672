// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX

/// Certificates: signed and revoked.
extension PretendCA {
    func sign(_ body: JSONValue, _ reference: String) throws -> Certificate {
        let asked = try CertificateSigningRequest(pem: body["csr"]?.string ?? "").publicKey
        /// What is wrong with the first certificate of a run.
        let first = reference.isAbout("first") ? vice : nil
        let days = first == .shortValidity ? 30.0 : first == .longValidity ? 700 : Double(body["days"]?.int ?? 90)
        let start = clock.now() - (first == .expired ? 100 * 86_400 : 60)
        var builder = CertificateBuilder(
            profile: profile(body["purpose"]?.string ?? "", reference), subject: subject(body),
            publicKey: first == .wrongKey ? try PrivateKey.generate(.p256).publicKey : asked,
            alternativeNames: names(body, reference, first), notBefore: start, notAfter: start + days * 86_400)
        if vice != .dropsSecurityIdentifiers || !reference.isAbout("logon") {
            builder.securityIdentifier = body["securityIdentifier"]?.string
        }
        guard first == .foreignIssuer else { return try builder.signed(by: root, key: key) }
        let other = try PrivateKey.generate(.p256)
        return try builder.signed(by: Self.root(named: "Another Root", other), key: other)
    }

    private func profile(_ purpose: String, _ reference: String) -> CertificateProfile {
        let right = CertificateProfile(rawValue: purpose) ?? .smime
        guard vice == .wrongUsage, reference.isAbout("purpose") else { return right }
        return switch right {
        case .smime: .clientAuthentication
        case .smimeEncryption: .smimeSigning
        default: .smime
        }
    }

    private func subject(_ body: JSONValue) -> DistinguishedName {
        var name = body["commonName"]?.string ?? ""
        if vice == .leavesNamesOut { return [("O", "Pretend Company")] }
        if vice == .mangleUmlauts { name = String(name.map { $0.isASCII ? $0 : "?" }) }
        if vice == .cutsNames { name = String(name.prefix(40)) }
        var subject: DistinguishedName = [("CN", name)]
        guard let pseudonym = body["pseudonym"]?.string else { return subject }
        if vice != .dropsPseudonyms { subject.attributes.append(.init("pseudonym", pseudonym)) }
        if vice == .addsRealName { subject.attributes.append(.init("GN", "Toni")) }
        return subject
    }

    private func names(_ body: JSONValue, _ reference: String, _ first: Vice?) -> [GeneralName] {
        var emails = body["emails"]?.array?.compactMap(\.string) ?? []
        if vice == .dropsAddresses { emails = Array(emails.prefix(1)) }
        if vice == .cutsAddresses { emails = emails.map { String($0.suffix(60)) } }
        if first == .addsAddress { emails.append("boss@ours.example") }
        let dropsPrincipal = vice == .dropsPrincipalNames && reference.isAbout("logon")
        let principal = dropsPrincipal ? nil : body["userPrincipalName"]?.string
        return emails.map(GeneralName.rfc822Name) + [principal].compactMap(\.self).map(GeneralName.userPrincipalName)
    }

    func revoke(_ serial: String, _ reason: Int) -> HTTPResponse {
        state.withLock { state in
            let known = state.orders.compactMap(\.certificate?.serialNumber)
            guard let number = SerialNumber(hex: serial), known.contains(number), vice != .refusesRevocation else {
                return vice == .revokesAnything ? reply([:]) : reply(["reason": "there is no such certificate"], 404)
            }
            if reason == 8, vice == .neverReleases { return reply([:]) }
            state.revoked.removeAll { $0.serialNumber == number }
            if reason == 8 { return reply([:]) }
            var numbers = [number]
            if vice == .revokesAnother, let other = known.last(where: { $0 != number }) { numbers.append(other) }
            state.revoked += numbers.map {
                .init(
                    serialNumber: $0, revocationDate: clock.now(),
                    reasonCode: vice == .wrongRevocationReason ? 2 : vice == .hidesReasons ? 0 : reason)
            }
            return reply([:])
        }
    }

    func crl() throws -> [UInt8] {
        let entries = vice == .hidesRevocation ? [] : state.withLock(\.revoked)
        return try CertificateRevocationList.make(
            issuer: root, key: key, number: 1, thisUpdate: clock.now() - 60, nextUpdate: clock.now() + 3600,
            entries: entries
        ).der
    }
}
