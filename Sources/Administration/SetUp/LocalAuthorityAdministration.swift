// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import Gateway
public import JSONDocuments
import PKIX
import Records
import Settings
import YAMLDocuments

/// A CA of one's own for who has none yet, made beside the database; 'certway ca create' makes one at any other place.
public struct LocalAuthorityAdministration: Sendable {
    public static let connector = "local-ca"

    /// What was made, and how it is configured.
    public struct Made: Sendable {
        public let folder: String
        /// Where the root's key lies, which belongs offline.
        public let rootFolder: String
        /// Issuing CA and root.
        public let certificates: [Certificate]

        public var json: JSONValue {
            [
                "connector": .string(connector), "folder": .string(folder), "rootFolder": .string(rootFolder),
                "acceptedRoots": .string("\(folder)/root.pem"),
                "certificates": .array(
                    certificates.map {
                        [
                            "subject": .string("\($0.subject)"), "serialNumber": .string($0.serialNumber.hex),
                            "notAfter": .string($0.notAfter.ISO8601Format()),
                        ]
                    }),
            ]
        }
    }

    private let gateway: Gateway

    public init(_ gateway: Gateway) { self.gateway = gateway }

    /// Makes a root and an issuing CA. The root's key lies in clear in a folder of its own, until somebody takes it away.
    ///
    /// - Parameters:
    ///   - name: of the folder, as backend CAs are named.
    ///   - commonName: of the issuing CA.
    ///   - passphrase: of the issuing CA's key; nil for a key in clear.
    /// - Throws: `AccessDenied`; `SettingsError` for a name that cannot be used and a folder that is there already.
    public func make(
        _ name: String, commonName: String, passphrase: SecretReference?, by caller: Caller, isDryRun: Bool
    ) async throws -> Made {
        let folder = URL(filePath: gateway.home.authorities).standardizedFileURL.path + "/\(name)"
        let object = AuditObject(.ca, folder)
        return try await Entrance(caller, gateway.ledger.audit).pass(
            .configure, to: Entrance.Wish(.createCA, object), isDryRun ? .byTheUseCase : .all
        ) {
            guard name.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,39}/) != nil else {
                throw SettingsError(
                    "name: found \"\(name.prefix(60))\", expected small letters, digits and -", at: .commandLine)
            }
            if let passphrase, !caller.isAtCommandLine { try await look(at: passphrase) }
            var ceremony = AuthorityCeremony()
            ceremony.name = commonName
            ceremony.rootFolder = folder + "-root"
            ceremony.isRehearsal = isDryRun
            if !isDryRun {
                try FileManager.default.createDirectory(
                    atPath: (folder as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            }
            let place = AuthorityAdministration.Place(
                folder: folder, passphrase: try passphrase?.resolve(for: "passphrase"))
            let made = try AuthorityAdministration(gateway.profiles, connector: Self.connector).create(place, ceremony)
            if !isDryRun {
                try await gateway.ledger.audit.record(
                    AuditEntry(
                        .createCA, object, by: AuditActor(named: caller.name),
                        after: ["serialNumbers": JSONValue(made.map(\.serialNumber.hex))]))
            }
            return Made(folder: folder, rootFolder: folder + "-root", certificates: made)
        }
    }

    /// Whether a passphrase may be taken from there, as from a setting of the CA that is configured with it afterwards.
    private func look(at passphrase: SecretReference) async throws {
        let draft = try await ConfigurationStore(ledger: gateway.ledger).draft(
            applying: YAMLNode.parse("", file: "the form"), prunes: false)
        let source = NamedSource(
            place: "passphrase", reference: passphrase, isSecret: true,
            destination: ["": "backendCAs[]", "connector": .string(Self.connector)])
        let machine = MachineOnly(home: gateway.home, profiles: gateway.profiles)
        if let obstacle = machine.obstacle(to: source, beside: draft) { throw SettingsError(obstacle, at: .state) }
    }
}
