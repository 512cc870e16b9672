// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Settings
import Store

extension StoreLocation {
    /// Engines by the name that a person gives them.
    private static let families: [String: ServerAddress.Family] = [
        "mariadb": .mysql, "mysql": .mysql, "postgresql": .postgresql, "sqlserver": .sqlserver,
    ]
    private static let loopback: Set<String> = ["localhost", "127.0.0.1", "::1"]

    /// What may follow a question mark.
    enum Detail: String, CaseIterable {
        /// Reference of the password.
        case password
        /// PEM file with the roots that the server's certificate must lead to.
        case tlsRoots
        /// `off` for a server on this machine.
        case tls
        /// Name or path of another ODBC driver.
        case driver
    }

    /// - Parameters:
    ///   - text: `ENGINE://USER@HOST:PORT/DATABASE?password=env:NAME&tlsRoots=FILE`.
    ///   - identity: in place of a password.
    ///   - details: given beside the text.
    /// - Throws: `SettingsError`.
    init(
        server text: String, identity: StoreSignIn? = nil, details: [Detail: String] = [:], from origin: Origin
    ) throws(SettingsError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, let family = Self.families[scheme],
            let host = parts.host?.trimmingCharacters(in: ["[", "]"]), !host.isEmpty
            // Not what was given: there may be a password in it.
        else { throw origin.error("that is no place of a database: expected \(Self.form)") }
        guard parts.password == nil else {
            throw origin.error(
                "a password stands in it, where others can read it: write ?password=env:NAME or ?password=file:/path")
        }
        let database = String(parts.path.drop { $0 == "/" })
        guard !database.isEmpty, !database.contains("/") else {
            throw origin.error("\(scheme)://\(host) names no database: expected \(Self.form)")
        }
        var values = details
        for item in parts.queryItems ?? [] {
            guard let detail = Detail(rawValue: item.name) else {
                let known = Detail.allCases.map(\.rawValue)
                throw origin.error(
                    "unknown part \"\(item.name)\" after the question mark; known: \(known.joined(separator: ", "))")
            }
            guard values.updateValue(item.value ?? "", forKey: detail) == nil else {
                throw origin.error("\(detail.rawValue) is given twice")
            }
        }
        var address = ServerAddress(
            family: family, host: host, port: parts.port, database: database, user: parts.user ?? "")
        address.certificateAuthorities = values[.tlsRoots]
        address.driver = values[.driver]
        if let tls = values[.tls] {
            guard tls == "off" else { throw origin.error("tls: found \"\(tls)\", expected off, or nothing") }
            guard Self.loopback.contains(host) else {
                throw origin.error("tls=off is for a server on this machine alone, and \(host) may be another one")
            }
            address.usesTLS = false
        }
        guard identity == nil || values[.password] == nil else {
            throw origin.error("give a password, or tenant or managedIdentity, not both")
        }
        let signIn: StoreSignIn
        if let identity { signIn = identity } else { signIn = try Self.password(values[.password], address, origin) }
        self.init(place: .server(address, signIn), description: "\(scheme)\("\(address)".drop { $0 != ":" })")
    }

    private static func password(
        _ reference: String?, _ address: ServerAddress, _ origin: Origin
    ) throws(SettingsError) -> StoreSignIn {
        guard let reference else {
            throw origin.error(
                "nothing signs in at \(address.host): add ?password=env:NAME or ?password=file:/path, or put password, tenant or "
                    + "managedIdentity into store.yaml")
        }
        guard let known = SecretReference(reference) else {
            throw origin.error("password: \(SecretReference.expectation)")
        }
        return .password(known)
    }
}
