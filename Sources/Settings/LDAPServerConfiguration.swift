// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A directory server, how the gateway signs in there, and where people are found.
public struct LDAPServerConfiguration: Sendable, Hashable {
    public enum SignIn: Sendable, Hashable {
        case anonymous
        /// Name and password (RFC 4513 section 5.1.3), over TLS only.
        case simple(name: String, password: SecretReference)
        /// The certificate of the TLS connection (SASL EXTERNAL): PEM files of certificate and key.
        case certificate(path: String, key: String)
    }

    /// `ldaps://host:port`, or `ldap://host:port`, where TLS begins before anything else is said.
    public var url: String
    /// PEM file with the roots that alone are trusted; the system's when nil.
    public var tlsRoots: String?
    public var signIn: SignIn
    /// Distinguished name below which people are searched.
    public var base: String
    /// RFC 4515, with `{mail}`, `{userPrincipalName}` and `{id}` for the person.
    public var filter: String
    /// Longest wait for the server.
    public var timeout: Duration

    public static let placeholders = ["mail", "userPrincipalName", "id"]
    static let usualFilter = "(mail={mail})"
    static let usualTimeout = Duration.seconds(20)
    static let timeouts: ClosedRange<Duration> = .seconds(1)...(.seconds(300))
}
