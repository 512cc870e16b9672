// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
public import YAMLDocuments

extension ConsoleConfiguration {
    /// Reads section `console`, and notes what is wrong in it.
    public init(_ reader: MappingReader) {
        defer { reader.finish(known: ConfigurationKeys.names(in: "console")) }
        self.init()
        listen = Self.listen(reader)
        publicURL = Self.publicURL(reader)
        tls = reader.mapping("tls").map(Self.tls)
        trustedProxies = Self.proxies(reader)
        signIn = reader.mapping("signIn").map(Self.signIn)
        roles = reader.mapping("roles").map(Self.roles) ?? [:]
        secretFolders = Self.folders(reader)
        sessionHours = reader.int("sessionHours", in: Self.range("sessionHours")) ?? sessionHours
        idleMinutes = reader.int("idleMinutes", in: Self.range("idleMinutes")) ?? idleMinutes
        status = reader.bool("status") ?? status
        noteOpenDoors(reader)
    }

    private static func range(_ key: String) -> ClosedRange<Int> { ConfigurationKeys.all.range(of: "console.\(key)") }

    private static func proxies(_ reader: MappingReader) -> [String] {
        var proxies: [String] = []
        for element in reader.list("trustedProxies") ?? [] {
            guard let text = element.node.string(at: element.path, reader.collector) else { continue }
            do {
                _ = try TrustedProxies([text])
                proxies.append(text)
            } catch {
                reader.collector.add(element.node, element.path, error.message)
            }
        }
        return proxies
    }

    private static func folders(_ reader: MappingReader) -> [String] {
        (reader.list("secretFolders") ?? []).compactMap { element in
            guard let text = element.node.string(at: element.path, reader.collector) else { return nil }
            if !text.hasPrefix("/") || SecretReference("file:\(text)") == nil {
                reader.collector.add(
                    element.node, element.path, "expected the absolute path of a folder, found \"\(text.prefix(120))\"")
            }
            return text
        }
    }

    private static func listen(_ reader: MappingReader) -> ListenAddress? {
        guard let text = reader.string("listen") else { return nil }
        do {
            return try ListenAddress(text)
        } catch {
            reader.add("listen", error.message)
            return nil
        }
    }

    /// Passwords and cookies never travel in the clear beyond this machine.
    private func noteOpenDoors(_ reader: MappingReader) {
        if let listen, !listen.isLoopback, tls == nil, !reader.has("tls"), trustedProxies.isEmpty,
            !reader.has("trustedProxies")
        {
            reader.add(
                "listen", "\(listen) is reached from elsewhere, and without tls everything would travel in the clear",
                hint: "add tls with certificate and key, listen on 127.0.0.1, or name the proxy that does TLS in "
                    + "trustedProxies")
        }
        if signIn != nil, publicURL == nil, !reader.has("publicURL") {
            reader.add(
                "signIn", "publicURL is missing: the tenant leads people back to it",
                hint:
                    "such as https://certway.example.org, with the redirect URI https://certway.example.org/auth/callback "
                    + "in the app registration")
        }
        if signIn != nil, roles[.administrator, default: []].isEmpty, !reader.has("roles") {
            reader.add(
                "signIn", "roles.administrator is missing: nobody would have a right to anything",
                hint: "name the object id of a group, or the value of an app role")
        }
    }

    private static func tls(_ reader: MappingReader) -> TLS {
        defer { reader.finish(known: ConfigurationKeys.names(in: "console.tls")) }
        return TLS(
            certificate: reader.requiredString("certificate"),
            key: reader.requiredNode("key").flatMap { _ in reader.reference("key") } ?? .unset)
    }

    private static func signIn(_ reader: MappingReader) -> SignIn {
        defer { reader.finish(known: ConfigurationKeys.names(in: "console.signIn")) }
        var signIn = SignIn()
        signIn.clientID = reader.string("clientID")
        let keys = ["clientSecret", "clientCertificate", "clientKey"]
        if keys.contains(where: { reader.node($0) != nil }) {
            signIn.credential = TenantConfiguration.credential(reader)
            if signIn.clientID == nil, !reader.has("clientID") {
                reader.add("clientID", "clientID is missing", hint: "a credential belongs to one app registration")
            }
        } else if signIn.clientID != nil {
            reader.add(
                "clientSecret", "missing: give clientSecret, or clientCertificate and clientKey",
                hint: "or leave clientID out: then the registration of section tenant is used")
        }
        signIn.guests = reader.bool("guests") ?? false
        return signIn
    }

    private static func roles(_ reader: MappingReader) -> [Role: [String]] {
        defer { reader.finish(known: ConfigurationKeys.names(in: "console.roles")) }
        var roles: [Role: [String]] = [:]
        for role in Role.allCases {
            for element in reader.list(role.rawValue) ?? [] {
                guard let text = element.node.string(at: element.path, reader.collector) else { continue }
                guard !text.isEmpty, text.utf8.count <= 120, !text.contains(where: \.isWhitespace) else {
                    reader.collector.add(
                        element.node, element.path,
                        "expected the object id of a group or the value of an app role, found \"\(text.prefix(120))\"",
                        hint: "names of groups can be changed by others, so they give no right")
                    continue
                }
                // Ids of groups are compared without regard to capitals, values of app roles with it.
                roles[role, default: []].append(UUID(uuidString: text)?.uuidString.lowercased() ?? text)
            }
        }
        return roles
    }

    private static func publicURL(_ reader: MappingReader) -> String? {
        guard let text = reader.string("publicURL") else { return nil }
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, let host = parts.host, !host.isEmpty,
            ["", "/"].contains(parts.path), parts.query == nil, parts.fragment == nil, parts.user == nil,
            parts.password == nil, ["https", "http"].contains(scheme)
        else {
            reader.add(
                "publicURL",
                "expected an address without a path, such as https://certway.example.org, found \"\(text)\"")
            return nil
        }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let isLocal = ["localhost", "::1"].contains(bare) || bare.hasPrefix("127.")
        guard scheme == "https" || isLocal else {
            reader.add(
                "publicURL", "expected https, found \"\(text)\": cookies would travel in the clear",
                hint: "plain http is for this machine alone, such as http://127.0.0.1:8443")
            return nil
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
