// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import YAMLDocuments

extension CertificateDirectoryConfiguration {
    /// Reads a member of section `directories`, and notes what is wrong in it.
    init(_ reader: MappingReader) {
        let kind = reader.choice("kind", of: Kind.self)
        if !reader.has("kind") {
            reader.add("kind", "kind is missing: \(Kind.allCases.map(\.rawValue).joined(separator: " or "))")
        }
        for key in Self.keys(of: kind == .ldap ? .exchange : .ldap) where kind != nil && reader.has(key) {
            reader.add(key, "means nothing with kind: \(kind?.rawValue ?? ""); leave it out")
        }
        self.init(
            name: reader.requiredString("name"), kind: kind ?? .exchange,
            checkEvery: reader.duration("checkEvery", in: Self.checks) ?? Self.usualCheck,
            exchangeForm: reader.choice("form", of: ExchangeForm.self) ?? .base64,
            ldap: kind == .ldap ? LDAPServerConfiguration(reader) : nil)
    }

    /// The keys that only one kind has.
    private static func keys(of kind: Kind) -> [String] {
        switch kind {
        case .exchange: ["form"]
        case .ldap:
            [
                "url", "tlsRoots", "bindName", "bindPassword", "clientCertificate", "clientKey", "base", "filter",
                "timeout",
            ]
        }
    }
}

extension LDAPServerConfiguration {
    fileprivate init(_ reader: MappingReader) {
        self.init(
            url: reader.requiredString("url"), tlsRoots: reader.string("tlsRoots"), signIn: Self.signIn(reader),
            base: reader.requiredString("base"), filter: reader.string("filter") ?? Self.usualFilter,
            timeout: reader.duration("timeout", in: Self.timeouts) ?? Self.usualTimeout)
        let address = url.lowercased()
        if !url.isEmpty, !address.hasPrefix("ldap://"), !address.hasPrefix("ldaps://") {
            reader.add("url", "expected ldaps://HOST:PORT or ldap://HOST:PORT, found \"\(url)\"")
        }
        note(filter, reader)
    }

    /// Names what a person would be searched by; what the syntax is, the server's library says when it is asked.
    private func note(_ filter: String, _ reader: MappingReader) {
        let found = filter.split(separator: "{", omittingEmptySubsequences: false).dropFirst()
            .map { String($0.prefix { $0 != "}" }) }
        if found.isEmpty {
            reader.add("filter", "names nothing of the person, so everybody would be the same entry; use {mail}")
        }
        for name in found where !Self.placeholders.contains(name) {
            reader.add(
                "filter", "unknown placeholder {\(name)}", hint: suggestion(for: name, in: Self.placeholders))
        }
        if !filter.hasPrefix("(") || !filter.hasSuffix(")") {
            reader.add("filter", "expected a filter in parentheses (RFC 4515), such as \(Self.usualFilter)")
        }
    }

    private static func signIn(_ reader: MappingReader) -> SignIn {
        let ways = [
            ["bindName", "bindPassword"], ["clientCertificate", "clientKey"],
        ].filter { $0.contains { reader.has($0) } }
        if ways.count > 1 {
            reader.add(
                ways[1][0], "there are two ways to sign in; leave \(ways.map { $0[0] }.joined(separator: " or ")) out")
        }
        switch ways.first?.first {
        case "bindName":
            return .simple(
                name: reader.requiredString("bindName"),
                password: reader.requiredNode("bindPassword").flatMap { _ in reader.reference("bindPassword") }
                    ?? .unset)
        case "clientCertificate":
            return .certificate(
                path: reader.requiredString("clientCertificate"), key: reader.requiredString("clientKey"))
        default: return .anonymous
        }
    }
}
