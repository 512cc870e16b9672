// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import HTTPServing

/// Console and API: where they are reached, and who gets in.
public struct ConsoleConfiguration: Sendable, Hashable {
    /// Files of the server's certificate with its chain, and of its key.
    public struct TLS: Sendable, Hashable {
        /// PEM file with the certificate, then the CAs above it.
        public var certificate: String
        public var key: SecretReference
    }

    /// How people of the tenant sign in.
    public struct SignIn: Sendable, Hashable {
        /// Application (client) id of the registration for people; nil for that of section `tenant`.
        public var clientID: String?
        /// nil for that of section `tenant`.
        public var credential: TenantConfiguration.Credential?
        /// Whether accounts whose home is another organisation may sign in.
        public var guests = false
    }

    public var listen: ListenAddress?
    /// What a browser has in its address line, without a path: `https://certway.example.org`.
    public var publicURL: String?
    public var tls: TLS?
    /// Whose word counts on where a request came from.
    ///
    /// Addresses and networks that `TrustedProxies` can read.
    public var trustedProxies: [String] = []
    /// nil: people have no way in but tokens.
    public var signIn: SignIn?
    /// Object ids of groups and values of app roles, by the role that they give.
    public var roles: [Role: [String]] = [:]
    /// Where secrets and files may lie that are named from afar, beside the gateway's own folder for them.
    public var secretFolders: [String] = []
    /// How long a session lasts at most.
    public var sessionHours = 8
    /// How long it lasts without a sign of life.
    public var idleMinutes = 60
    /// Whether the page that says how the service is, without any name, is served.
    public var status = true

    public init() {}

    /// The proxies as the server knows them.
    public var proxies: TrustedProxies { (try? TrustedProxies(trustedProxies)) ?? .none }
}
