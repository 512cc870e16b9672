// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Gateway
import PKIX
import Settings

/// Certificate authorities of one's own; needs no gateway.
public struct AuthorityAdministration: Sendable {
    private let profiles: Profiles

    public init(_ profiles: Profiles) { self.profiles = profiles }

    /// Makes a root and an issuing CA as files.
    ///
    /// - Parameters:
    ///   - folder: made; must not exist or be empty.
    ///   - connector: profile whose module makes it.
    ///   - name: organization name in the CA certificates.
    ///   - crlURL: where clients will fetch the CRL.
    /// - Returns: root and issuing CA.
    /// - Throws: `SettingsError` for a connector that cannot make one.
    public func create(
        folder: String, connector: String, name: String, keyType: KeyType, crlURL: String?
    ) throws -> [Certificate] {
        guard let profile = profiles.catalogue.outline(named: connector),
            let creator = try profiles.modules.connectorType(for: profile.module) as? any AuthorityCreating.Type
        else { throw SettingsError("connector \"\(connector)\" cannot make a certificate authority") }
        let settings = try profile.settings(values: ["directory": .string(folder)], secrets: [:])
        return try creator.createAuthority(settings, name: name, keyType: keyType, crlURL: crlURL)
    }
}
