// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import PKIX
import Settings
import YAMLDocuments

/// The gateway of a simulation: a home of its own, and passes that are processes of their own, so that they can be killed.
struct SimulatedGateway {
    let home: GatewayHome
    let folder: DemoFolder
    let scenario: Scenario
    let tenant: JSONValue?
    let backends: [(name: String, backend: SandboxBackend, configuration: JSONValue)]
    /// Where the database is, for all nodes; nil for the file in the home.
    private let store: String?
    /// Folders of the gateways that work on the database.
    private(set) var nodes: [String]
    /// The CA in use.
    private(set) var current: String
    private(set) var renamed: [String: [String: String]] = [:]
    /// Key recovery agents of the configuration; templates name the last one.
    private(set) var agents: [String] = []
    private var agentsMade = 0
    /// The private key of the Intune connector, as PEM.
    private(set) var connectorKey: String

    /// Makes the home; the sandbox has laid its clock into it.
    ///
    /// - Parameter store: the database, as `--store` takes it; nil for the file in the home.
    init(
        _ scenario: Scenario, _ sandbox: SandboxService, folder: DemoFolder, home: GatewayHome, profiles: Profiles,
        store: String? = nil
    ) throws {
        self.store = store
        nodes = [home.path]
        connectorKey = sandbox.description["tenant"]?["intune"]?["privateKeyPEM"]?.string ?? ""
        self.scenario = scenario
        self.folder = folder
        self.home = home
        current = scenario.authorities[0]
        tenant = sandbox.description["tenant"]
        backends = try scenario.authorities.map { name in
            guard let profile = profiles.catalogue.profile(named: name) else { throw profiles.catalogue.missing(name) }
            let backend = SandboxBackend(
                profile, description: sandbox.description, folder: try DemoFolder(keep: folder.path(name)))
            return (name, backend, try backend.configuration())
        }
        try folder.write(tenant?["clientSecret"]?.string ?? "", to: "client-secret")
        try folder.write(tenant?["intune"]?["publicKeyPEM"]?.string ?? "", to: "intune-connector.pem")
        try makeAgent()
    }

    func agentCertificate(_ agent: String) -> String { folder.path("\(agent).pem") }
    func agentKey(_ agent: String) -> String { folder.path("\(agent).key") }

    private mutating func makeAgent() throws {
        agentsMade += 1
        let name = "agent-\(agentsMade)"
        let key = try PrivateKey.generate(.rsa2048)
        let certificate = try CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", "Simulated Key Recovery Agent \(agentsMade)")],
            publicKey: key.publicKey, notBefore: scenario.start - 86_400, notAfter: scenario.end + 3 * 365 * 86_400
        ).selfSigned(key: key)
        try folder.write(certificate.pem, to: "\(name).pem")
        try key.pem().withBytes { try CompleteFile(path: agentKey(name)).replace($0) }
        agents.append(name)
    }

    /// Folders of further gateways on the same database, as an administrator makes them: with the sealing key of the first.
    mutating func add(nodes count: Int) throws {
        let files = FileManager.default
        for number in 2..<(count + 1) where count > 1 {
            let other = GatewayHome(option: "\(home.path)-\(number)", store: store)
            try other.create()
            try files.copyItem(atPath: home.sealingKey, toPath: other.sealingKey)
            try files.linkItem(atPath: home.clockFile, toPath: other.clockFile)
            nodes.append(other.path)
        }
    }

    /// Ids that the templates use at each CA now.
    var products: [String: [String]] {
        Dictionary(
            uniqueKeysWithValues: backends.map { entry in
                (entry.name, Array(Set(scenario.templates.map { product(of: $0, entry.backend) })))
            })
    }

    func product(of template: [String: JSONValue], _ backend: SandboxBackend) -> String {
        let name = backend.profile.name
        let first = template["products"]?[name]?.string ?? template["product"]?.string ?? backend.product
        return renamed[name]?[first] ?? first
    }

    /// An administrator goes to another CA, or writes down what products are called now.
    mutating func change(to ca: String? = nil, renamed: [String: [String: String]]? = nil) async throws {
        current = ca ?? current
        self.renamed = renamed ?? self.renamed
        try await configure()
    }

    /// The certificate connector gets another key: what lies in Intune opens for nobody until it is delivered again.
    mutating func rotateConnectorKey() async throws {
        let key = try PrivateKey.generate(.rsa2048)
        connectorKey = try key.pem().revealed
        try folder.write(try key.publicKey.pem, to: "intune-connector.pem")
        try await configure()
    }

    /// Another key recovery agent takes the place of the one in use, which can open what there is until `forgetAgents`.
    mutating func retireAgent() async throws {
        try makeAgent()
        try await configure()
    }

    /// What is archived is encrypted for the agent in use.
    ///
    /// - Parameter moment: after how many seconds the process is killed, if it has not ended before.
    func rewrap(killedAfter moment: Double? = nil) async throws -> Run {
        guard agents.count > 1, let newest = agents.last else {
            throw SettingsError("no agent was retired", at: .state)
        }
        let former = agents[agents.count - 2]
        return try await certway(
            [
                "key", "rewrap", "--to", newest, "--agent-certificate", agentCertificate(former), "--agent-key",
                agentKey(former), "--output", "json",
            ], killedAfter: moment)
    }

    /// The retired ones leave the configuration.
    mutating func forgetAgents() async throws {
        agents = Array(agents.suffix(1))
        try await configure()
    }

    /// One pass of every node, all at once.
    ///
    /// - Parameters:
    ///   - moment: after how many seconds one of them is killed, if it has not ended before.
    ///   - node: which one.
    /// - Returns: of each node.
    func pass(killedAfter moment: Double? = nil, node: Int = 0) async throws -> [Run] {
        let arguments = ["run", "--once", "--wait", "3", "--output", "json"]
        return try await withThrowingTaskGroup(of: (Int, Run).self) { group in
            for (index, home) in nodes.enumerated() {
                group.addTask {
                    (index, try await certway(arguments, home, killedAfter: index == node % nodes.count ? moment : nil))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Any other command on its home.
    func command(_ arguments: [String]) async throws -> Run { try await certway(arguments) }

    func certway(
        _ arguments: [String], _ home: String? = nil, killedAfter moment: Double? = nil
    ) async throws -> Run {
        let program = URL(filePath: ModuleLoader.standardFolders.last ?? ".").appending(path: "certway")
        let arguments = arguments + ["--home", home ?? self.home.path]
        // Two nodes hear of each other within a second: a pass would else take a quarter of a minute for nothing, a year hours.
        let environment = store.map { ["CERTWAY_STORE": $0, "CERTWAY_TEST_BEAT": "1"] } ?? [:]
        return try await withCheckedThrowingContinuation { continuation in
            // Waiting for a process blocks its thread.
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { try Run.start(program, arguments, environment, killedAfter: moment) })
            }
        }
    }
}
