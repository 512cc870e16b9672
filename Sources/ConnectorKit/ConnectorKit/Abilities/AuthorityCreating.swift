// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

/// Makes the CA that a connector then runs. Only connectors that are their own CA conform; a profile does not switch
/// it on, so it is no `ConnectorAbility`.
public protocol AuthorityCreating: CertificateAuthorityConnector {
    /// Makes a root and an issuing CA where `settings` say. Called once, by a person, before the connector is made. Whatever
    /// ends the process, there is a whole CA afterwards or none.
    ///
    /// - Returns: the issuing CA's certificate, then the root's.
    /// - Throws: `ConnectorError` of kind `configuration`, also when there is a CA already: it is never replaced.
    static func createAuthority(_ settings: ConnectorSettings, _ ceremony: AuthorityCeremony) throws -> [Certificate]
}
