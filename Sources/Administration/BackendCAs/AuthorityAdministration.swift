// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import Ledger
import PKIX
import Secrets
import Settings
import YAMLDocuments

/// Certificate authorities of one's own, from their making to their end; needs no gateway.
public struct AuthorityAdministration: Sendable {
    /// Where a CA lies and what opens it.
    public struct Place: Sendable {
        public var folder: String
        /// Of the issuing CA's keys; nil for keys in clear.
        public var passphrase: Secret?
        /// How long CRLs last; nil for what the profile says.
        public var crlHours: Int?

        public init(folder: String, passphrase: Secret?, crlHours: Int? = nil) {
            (self.folder, self.passphrase, self.crlHours) = (folder, passphrase, crlHours)
        }
    }

    private let profile: ConnectorProfile
    private let type: any AuthorityRunning.Type

    /// - Parameter connector: profile whose module does it.
    /// - Throws: `SettingsError` for a connector that is no CA of one's own.
    public init(_ profiles: Profiles, connector: String) throws {
        guard let profile = profiles.catalogue.outline(named: connector),
            let type = try profiles.modules.connectorType(for: profile.module) as? any AuthorityRunning.Type
        else { throw SettingsError("connector \"\(connector)\" cannot make a certificate authority", at: .commandLine) }
        (self.profile, self.type) = (profile, type)
    }

    /// Makes a root and an issuing CA as files, in a folder that must not exist or be empty.
    ///
    /// - Returns: issuing CA and root.
    public func create(_ place: Place, _ ceremony: AuthorityCeremony) throws -> [Certificate] {
        try Self.asTyped { try type.createAuthority(settings(place), ceremony) }
    }

    /// See `AuthorityRunning.signCRLs`.
    public func signCRLs(_ place: Place, _ ceremony: AuthorityCeremony) throws -> [CertificateRevocationList] {
        try Self.asTyped { try type.signCRLs(settings(place), ceremony) }
    }

    /// See `AuthorityRunning.revokeCertificate`.
    ///
    /// - Parameter word: serial number in hex, or PEM file.
    public func revoke(_ place: Place, _ ceremony: AuthorityCeremony, _ word: String, reason: RevocationReason) throws
        -> CertificateRevocationList
    {
        let isNumber = SerialNumber(typed: word) != nil
        let certificate = isNumber ? nil : try Certificate(pem: InputFile(word).text())
        guard let number = certificate?.serialNumber ?? SerialNumber(typed: word) else {
            throw SettingsError("found \"\(word)\", expected a serial number in hex or a PEM file", at: .commandLine)
        }
        return try Self.asTyped {
            try type.revokeCertificate(
                settings(place), ceremony, serialNumber: number, certificate: certificate, reason: reason)
        }
    }

    /// See `AuthorityRunning.signRootCRL`.
    public func signRootCRL(
        _ place: Place, _ ceremony: AuthorityCeremony, revoking serialNumber: SerialNumber?, reason: RevocationReason
    ) throws -> CertificateRevocationList {
        try Self.asTyped { try type.signRootCRL(settings(place), ceremony, revoking: serialNumber, reason: reason) }
    }

    /// See `AuthorityRunning.renewAuthority`.
    public func renew(_ place: Place, _ ceremony: AuthorityCeremony, newKey: KeyType?) throws -> [Certificate] {
        try Self.asTyped { try type.renewAuthority(settings(place), ceremony, newKey: newKey) }
    }

    /// See `AuthorityRunning.retireAuthority`.
    public func retire(_ place: Place, _ ceremony: AuthorityCeremony, revokingAll reason: RevocationReason?) throws
        -> [CertificateRevocationList]
    {
        try Self.asTyped { try type.retireAuthority(settings(place), ceremony, revokingAll: reason) }
    }

    /// What a command line calls the settings of a backend CA.
    private static let words = [
        "directory": "DIR", "passphrase": "--passphrase", "crlURL": "--crl-url", "issuerURL": "--issuer-url",
        "crlHours": "--crl-hours",
    ]

    /// Nobody has written a configuration here: what cannot be used was typed.
    private static func asTyped<Result>(_ body: () throws -> Result) throws -> Result {
        func typed(_ text: String) -> String {
            words.reduce(text) { $0.replacingOccurrences(of: "settings.\($1.key)", with: $1.value) }
        }
        do {
            return try body()
        } catch let error as ConnectorError where error.kind == .configuration {
            throw SettingsError(typed(error.message), at: .commandLine)
        } catch let error as Diagnostics {
            throw SettingsError(
                error.all.map { typed("\($0.keyPath): \($0.message)") }.joined(separator: "\n"), at: .commandLine)
        }
    }

    private func settings(_ place: Place) throws -> ConnectorSettings {
        var values: [String: JSONValue] = ["directory": .string(place.folder)]
        if let hours = place.crlHours { values["crlHours"] = JSONValue(hours) }
        return try profile.settings(values: values, secrets: place.passphrase.map { ["passphrase": $0] } ?? [:])
    }
}
