// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// A gateway in a folder of its own, configured for a running sandbox as an administrator would do it.
final class GatewayUnderTest: Sendable {
    let folder: TemporaryFolder
    let sandbox: SandboxProcess
    let connector: String
    /// The database on a server; nil for the file in the gateway's folder.
    let store: StoreUnderTest?
    var home: String { "\(folder.path)/home" }
    var database: String { "\(home)/certway.db" }
    var configuration: String { "\(folder.path)/certway.yaml" }

    /// Settings that are references in a configuration, whatever the connector.
    private static let secrets = [
        "accountKey", "agentCertificate", "agentPassword", "apiKey", "apiSecret", "authKey", "clientCertificate",
        "clientSecret",
        "operatorCertificate", "operatorPassword", "password", "secretKey",
    ]

    /// - Parameters:
    ///   - others: further connectors whose sandbox CAs become backend CAs of the same names.
    ///   - ca: what differs from what the sandbox printed about the CA.
    ///   - store: where the database is; nil for the engine that `CERTWAY_TEST_STORE` names, usually in the folder.
    ///   - clock: the file of the sandbox's clock, if the gateway is to share it.
    ///   - change: edits the configuration's text before it is applied.
    init(
        sandbox: SandboxProcess, keyType: String = "p256", connector: String = "digicert-certcentral",
        others: [String] = [], product: String? = nil, absenceIsSureAfter: String = "2s", ca: [String: JSONValue] = [:],
        store: StoreUnderTest? = nil, clock: String? = nil, change: (String) -> String = { $0 }
    ) async throws {
        self.sandbox = sandbox
        self.connector = connector
        self.store = if let store { store } else { try await StoreUnderTest(at: .current) }
        folder = try TemporaryFolder()
        let made = try await Run.tool(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "\(folder.path)/kra.key", "-out",
                "\(folder.path)/kra.pem", "-subj", "/CN=Test Agent", "-days", "3650", "-addext",
                "keyUsage=keyEncipherment",
            ])
        try #require(made.status == 0, "\(made.errors)")
        try folder.write(sandbox.text("tenant", "intune", "publicKeyPEM"), to: "intune.pem")
        try folder.write(sandbox.text("tenant", "clientSecret"), to: "client-secret")
        func backendCA(_ name: String, _ connector: String, _ prefix: String, _ changes: [String: JSONValue]) throws
            -> JSONValue
        {
            let ca = (sandbox.description["cas"]?[connector]?.object ?? [:]).merging(changes) { $1 }
            var settings = ca["settings"]?.object ?? [:]
            for key in Self.secrets {
                guard let secret = settings[key]?.string else { continue }
                settings[key] = .string("file:" + (try folder.write(secret, to: prefix + key)))
            }
            var backendCA: [String: JSONValue] = [
                "name": .string(name), "connector": .string(connector), "endpoint": ca["endpoint"] ?? "",
                "acceptedRoots": .string(try folder.write(ca["rootPEM"]?.string ?? "", to: prefix + "roots.pem")),
                "absenceIsSureAfter": .string(absenceIsSureAfter), "pollEvery": "1s", "limits": [],
                "settings": .object(settings),
            ]
            if let roots = ca["tlsRootPEM"]?.string {
                backendCA["tlsRoots"] = .string(try folder.write(roots, to: prefix + "tls-roots.pem"))
            }
            return .object(backendCA)
        }
        let backendCAs =
            [try backendCA("ca", connector, "", ca)] + (try others.map { try backendCA($0, $0, "\($0)-", [:]) })
        let firstProduct = sandbox.description["cas"]?[connector]?["products"]?[0]?.string
        let tenantRoots = sandbox.text("tenant", "tlsRootPEM")
        if !tenantRoots.isEmpty { try folder.write(tenantRoots, to: "tenant-roots.pem") }
        let trust = tenantRoots.isEmpty ? "" : ", tlsRoots: \(folder.path)/tenant-roots.pem"
        let yaml = """
            tenant: {id: \(sandbox.text("tenant", "id")), clientID: \(sandbox.text("tenant", "clientID")), clientSecret: "file:\(folder.path)/client-secret", login: "\(sandbox.text("tenant", "login"))", graph: "\(sandbox.text("tenant", "graph"))"\(trust)}
            intune: {publicKey: \(folder.path)/intune.pem, providerName: \(sandbox.text("tenant", "intune", "providerName")), keyName: \(sandbox.text("tenant", "intune", "keyName"))}
            keyRecoveryAgents: [{name: agent, certificate: \(folder.path)/kra.pem}]
            backendCAs: \(JSONValue.array(backendCAs).text)
            templates:
              - name: smime
                group: \(sandbox.text("tenant", "groups", "smime"))
                backendCA: ca
                product: "\(product ?? firstProduct ?? "")"
                key: \(keyType)
                keyRecoveryAgents: [agent]
                accept: {extendedKeyUsages: [clientAuth], subject: {organization: [Sandbox GmbH]}}
            limits: {ordersPerRun: 100000}
            """
        if let clock {
            try FileManager.default.createDirectory(
                atPath: home, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            try FileManager.default.linkItem(atPath: clock, toPath: "\(home)/simulation.clock")
        }
        try await apply(change(yaml))
    }

    /// Applies the configuration, changed, as an administrator would who edits the file.
    func reconfigure(_ change: (String) -> String) async throws {
        try await apply(change(String(contentsOfFile: configuration, encoding: .utf8)))
    }

    private func apply(_ yaml: String) async throws {
        try folder.write(yaml, to: "certway.yaml")
        let applied = try await certway(["apply", "-f", configuration])
        try #require(applied.status == 0, "\(applied.errors)")
    }

    @discardableResult
    func certway(
        _ arguments: [String], environment: [String: String] = [:], killAfter: Double? = nil, timeLimit: Double = 300
    ) async throws -> Run {
        try await Run.certway(
            arguments + ["--home", home], environment: known(environment), killAfter: killAfter, timeLimit: timeLimit)
    }

    /// The command with this gateway, for a shell.
    var commandLine: [String] {
        ["env"] + known([:]).map { "\($0)=\($1)" } + [BuiltPrograms.path("certway"), "--home", home]
    }

    /// Where the database is goes before all else.
    private func known(_ environment: [String: String]) -> [String: String] {
        (store.map { ["CERTWAY_STORE": $0.url] } ?? [:]).merging(environment) { $1 }
    }

    /// Starts a command that is to go on beside the test, such as `serve`.
    ///
    /// - Parameter node: which of the gateways on the database; the first has `home`.
    func start(_ arguments: [String], node: Int = 1, environment: [String: String] = [:]) async throws -> ChildProcess {
        let end = node == 1 ? "" : "-\(node)"
        return try await ChildProcess(
            BuiltPrograms.path("certway"), arguments + ["--home", home + end], environment: known(environment),
            output: .file(folder.path("service\(end).out")), errors: .file(folder.path("service\(end).err")))
    }

    /// Makes the folder of a further node, as an administrator would: with the sealing key of the first.
    func addNode(_ node: Int) throws {
        let files = FileManager.default
        try files.createDirectory(
            atPath: "\(home)-\(node)", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try files.copyItem(atPath: "\(home)/sealing.key", toPath: "\(home)-\(node)/sealing.key")
    }

    /// What a service that was started has said so far.
    func serviceLog() throws -> String { try String(contentsOfFile: folder.path("service.err"), encoding: .utf8) }

    /// Waits until the service has said something; false when it does not say so for long.
    func serviceSays(_ text: String) async throws -> Bool {
        for _ in 0..<300 {
            if try serviceLog().contains(text) { return true }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }

    /// Runs short passes until something holds. How long a step takes is the machine's matter, so no test counts seconds for it; what
    /// has not come after many passes fails at the expectation that follows.
    func pass(until holds: () async throws -> Bool) async throws {
        for _ in 0..<40 {
            try await finish(within: 3)
            if try await holds() { return }
        }
    }

    /// Runs passes until everything is done or `seconds` are over.
    @discardableResult
    func finish(within seconds: Int = 120) async throws -> Run {
        try await certway(
            ["run", "--once", "--wait", "\(seconds)", "--output", "json"], timeLimit: Double(seconds) + 60)
    }
}
