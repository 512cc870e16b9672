// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

extension ConfigurationKeys {
    static let directories: [ProfileKey] = [
        ProfileKey(
            "directories", "list of mappings",
            "Where others find certificates to encrypt by: the address list of Exchange Online, LDAP servers."),
        ProfileKey("directories[].name", "text", isRequired: true, "Name, for templates and commands."),
        ProfileKey(
            "directories[].kind", "word", isRequired: true, "What it is.",
            words: words(CertificateDirectoryConfiguration.Kind.self)),
        ProfileKey(
            "directories[].checkEvery", "duration",
            "How often what is published is looked at and repaired where others have changed it; "
                + "\(CertificateDirectoryConfiguration.usualCheck.text) when left out."),
        ProfileKey(
            "directories[].form", "word",
            "Kind `exchange`: in which form certificates go to the service; "
                + "\(CertificateDirectoryConfiguration.ExchangeForm.base64.rawValue) when left out. `certway publication check` says "
                + "whether what was written can be read again.",
            words: words(CertificateDirectoryConfiguration.ExchangeForm.self)),
        ProfileKey(
            "directories[].url", "LDAP address",
            "Kind `ldap`: `ldaps://HOST:PORT`, or `ldap://HOST:PORT`, where TLS begins by StartTLS."),
        ProfileKey(
            "directories[].tlsRoots", "path",
            "PEM file with the roots that alone are trusted for the server, in place of the system's."),
        ProfileKey("directories[].bindName", "text", "Distinguished name by which the gateway signs in."),
        ProfileKey("directories[].bindPassword", "secret", "The password that belongs to it."),
        ProfileKey(
            "directories[].clientCertificate", "path",
            "PEM file of the certificate by which the gateway signs in instead (SASL EXTERNAL)."),
        ProfileKey("directories[].clientKey", "path", "PEM file of that certificate's private key."),
        ProfileKey(
            "directories[].base", "text", "Kind `ldap`: distinguished name below which people are searched."),
        ProfileKey(
            "directories[].filter", "text",
            "Kind `ldap`: the search for a person's entry, with `{mail}`, `{userPrincipalName}` or `{id}`; "
                + "`\(LDAPServerConfiguration.usualFilter)` when left out."),
        ProfileKey(
            "directories[].timeout", "duration",
            "Longest wait for the server; \(LDAPServerConfiguration.usualTimeout.text) when left out."),
    ]
}
