// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import PKIX
import Secrets

/// What the administrator gave, ready for use.
struct ADCSSettings: Sendable {
    let authentication: HTTPAuthentication?
    let tls: TLSOptions?
    /// Who we are at the server, for people.
    let account: String
    /// NetBIOS name of the domain of accounts that have none.
    let domain: String?
    let agent: ClientCredential?
    let caName: String?
    /// Whether an order whose answer was lost may be placed again without looking.
    let resubmits: Bool
    let secrets: [Secret]

    /// - Throws: `ConnectorError` of kind `configuration`.
    init(_ settings: ConnectorSettings) throws {
        func text(_ key: String) -> String? { settings.values[key]?.string }
        func missing(_ key: String, _ scheme: String) -> ConnectorError {
            ConnectorError(.configuration, "settings.\(key) is missing, which authentication \(scheme) needs")
        }
        domain = text("domain")
        caName = text("caName")
        resubmits = settings.values["resubmitAfterLostAnswer"]?.bool ?? false
        secrets = settings.secrets.sorted { $0.key < $1.key }.map(\.value)
        agent = try Self.credential("agentCertificate", "agentPassword", settings)
        if let agent, !agent.certificate.extendedKeyUsage.contains(.enrollmentAgent) {
            throw ConnectorError(
                .configuration,
                "settings.agentCertificate: \(agent.certificate.subject) is no enrollment agent: its extended key usage "
                    + "lacks \(KeyPurpose.enrollmentAgent) (Certificate Request Agent)")
        }
        let scheme = text("authentication") ?? ""
        let certificate = try Self.credential("clientCertificate", "clientCertificatePassword", settings)
        tls = scheme == "certificate" ? try certificate?.tlsOptions() : nil
        switch scheme {
        case "basic", "ntlm":
            guard let name = text("user") else { throw missing("user", scheme) }
            guard let password = settings.secrets["password"] else { throw missing("password", scheme) }
            let isQualified = name.contains("\\") || name.contains("@")
            let user = isQualified ? name : [domain, name].compactMap(\.self).joined(separator: "\\")
            authentication =
                scheme == "basic" ? .basic(user: user, password: password) : .ntlm(user: user, password: password)
            account = user
        case "negotiate":
            authentication = .negotiate
            account = "the Kerberos ticket of this process"
        case "certificate":
            guard let certificate else { throw missing("clientCertificate", scheme) }
            authentication = nil
            account = certificate.certificate.subject.description
        default:
            authentication = nil
            account = "nobody"
        }
    }

    private static func credential(
        _ key: String, _ passwordKey: String, _ settings: ConnectorSettings
    ) throws -> ClientCredential? {
        guard let secret = settings.secrets[key] else { return nil }
        do { return try ClientCredential(secret, password: settings.secrets[passwordKey]) } catch {
            throw ConnectorError(.configuration, "settings.\(key): \(error)")
        }
    }

    /// The account an agent asks for, as the CA wants it: NetBIOS domain, backslash, sAMAccountName.
    ///
    /// - Throws: `ConnectorError` of kind `configuration` when the name is none of that form: a template or the directory gives it.
    func requesterName(_ accountName: String?) throws -> String {
        guard let accountName, !accountName.isEmpty else {
            throw ConnectorError(
                .configuration,
                "has no account name to enroll on behalf of: set names.accountName in the template, such as "
                    + ".onPremisesSamAccountName; accounts that exist in the cloud only have none")
        }
        let name = accountName.contains("\\") ? accountName : [domain ?? "", accountName].joined(separator: "\\")
        let parts = name.split(separator: "\\", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), !parts[0].contains("."), !name.contains("@"),
            name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F && $0.value <= 0xFFFF })
        else {
            throw ConnectorError(
                .configuration,
                "\"\(name)\" is no account of the form DOMAIN\\name with the NetBIOS name of the domain"
                    + (domain == nil ? "; set settings.domain" : ""))
        }
        return name
    }
}
