// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph

/// The Entra tenant and how the gateway signs in there (wire/entra-oauth).
public struct TenantConfiguration: Sendable, Hashable {
    public enum Credential: Sendable, Hashable {
        case secret(SecretReference)
        /// PEM files of the certificate registered with the application and of its private key.
        case certificate(path: String, key: SecretReference)
    }

    /// Directory id (GUID) or verified domain.
    public var id: String
    /// Application (client) id of the app registration.
    public var clientID: String
    public var credential: Credential
    /// National cloud (wire/entra-oauth §4).
    public var cloud: NationalCloud
    /// Base addresses that replace the cloud's own, for a sandbox.
    public var login: String?
    public var graph: String?
    public var exchange: String?
    /// PEM file with the roots that alone are trusted for these addresses, in place of the system's.
    public var tlsRoots: String?
}
