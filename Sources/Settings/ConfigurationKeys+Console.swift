// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

extension ConfigurationKeys {
    static let console: [ProfileKey] =
        [
            ProfileKey("console", "mapping", "Console and API: where `certway serve` answers, and who gets in."),
            ProfileKey(
                "console.listen", "text",
                "Numeric address and port, such as `127.0.0.1:8443` or `[::]:8443`; nothing is served when left out. Beyond this machine "
                    + "only with `tls`, or behind `trustedProxies`."),
            ProfileKey(
                "console.publicURL", "address",
                "What browsers have in their address line, without a path, such as `https://certway.example.org`. Needed for `signIn`: "
                    + "register `/auth/callback` under it as redirect URI (platform Web) and `/auth/frontchannel` as logout address."
            ),
            ProfileKey("console.tls", "mapping", "The server's certificate; read again when the files change."),
            ProfileKey(
                "console.tls.certificate", "path", isRequired: true,
                "PEM file with the certificate, then the CAs above it."),
            ProfileKey("console.tls.key", "secret", isRequired: true, "Its private key in PEM."),
            ProfileKey(
                "console.trustedProxies", "list of text",
                "Addresses or ranges of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; none when left out.",
                example: "[10.1.2.3, fd00::/8]"),
            ProfileKey(
                "console.signIn", "mapping",
                "Sign-in by the tenant (OpenID Connect); with tokens alone when left out. An empty mapping, `{}`, uses the app registration of "
                    + "section `tenant`."),
            ProfileKey("console.signIn.clientID", "GUID", "Application id of a registration of its own."),
            ProfileKey(
                "console.signIn.clientSecret", "secret", "Its secret; or a certificate with the two keys that follow."),
            ProfileKey("console.signIn.clientCertificate", "path", "PEM file of the certificate registered with it."),
            ProfileKey("console.signIn.clientKey", "secret", "The certificate's private key in PEM."),
            ProfileKey(
                "console.signIn.guests", "true or false",
                "Whether accounts whose home is another organisation may sign in; false when left out."),
            ProfileKey(
                "console.roles", "mapping",
                "Who may what: object ids of groups and values of app roles, by the role that they give. Whoever has several has the rights "
                    + "of all. People whom the gateway looks after are `employee` without being named."),
        ] + Role.allCases.map { ProfileKey("console.roles.\($0.rawValue)", "list of text", $0.help) } + [
            ProfileKey(
                "console.secretFolders", "list of path",
                "Folders where secrets and certificates may lie that console or API name anew, beside `secrets` in the gateway's folder. "
                    + "Changed on the gateway's machine alone.", example: "[/run/secrets]"),
            ProfileKey(
                "console.sessionHours", "whole number",
                "Hours until everybody signs in again; \(standardConsole.sessionHours) when left out.", in: 1...24),
            ProfileKey(
                "console.idleMinutes", "whole number",
                "Minutes without a sign of life after which a session is over; \(standardConsole.idleMinutes) when left out.",
                in: 5...1440),
            ProfileKey(
                "console.status", "true or false",
                "Whether `/status` tells everybody how the service is, without any name; true when left out."),
        ]

    private static let standardConsole = ConsoleConfiguration()
}

extension Role {
    /// What who has it does, for the reference.
    fileprivate var help: String {
        switch self {
        case .administrator: "Everything but recovering keys."
        case .helpdesk: "Looks at people and certificates, resends mails, delivers again."
        case .integrator: "Connectors and test backends."
        case .keyRecoveryAgent: "Opens archived keys, by two; issues nothing."
        case .auditor: "Looks at everything, changes nothing."
        case .requester: "Requests certificates for servers."
        case .employee: "Own certificates and keys."
        }
    }
}
