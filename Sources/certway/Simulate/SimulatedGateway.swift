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
    private let scenario: Scenario
    private let tenant: JSONValue?
    private let backends: [(name: String, backend: SandboxBackend, configuration: JSONValue)]
    /// The CA in use.
    private(set) var current: String
    private(set) var renamed: [String: [String: String]] = [:]

    var kraCertificate: String { folder.path("kra.pem") }
    var kraKey: String { folder.path("kra.key") }
    /// Makes the home; the sandbox has laid its clock into it.
    init(_ scenario: Scenario, _ sandbox: SandboxService, folder: DemoFolder, home: GatewayHome, profiles: Profiles)
        throws
    {
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
        let key = try PrivateKey.generate(.rsa2048)
        let certificate = try CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", "Simulated Key Recovery Agent")], publicKey: key.publicKey,
            notBefore: scenario.start - 86_400, notAfter: scenario.end + 3 * 365 * 86_400
        ).selfSigned(key: key)
        try folder.write(certificate.pem, to: "kra.pem")
        try key.pem().withBytes { try CompleteFile(path: kraKey).replace($0) }
        try folder.write(tenant?["clientSecret"]?.string ?? "", to: "client-secret")
        try folder.write(tenant?["intune"]?["publicKeyPEM"]?.string ?? "", to: "intune-connector.pem")
    }

    /// Ids that the templates use at each CA now.
    var products: [String: [String]] {
        Dictionary(
            uniqueKeysWithValues: backends.map { entry in
                (entry.name, Array(Set(scenario.templates.map { product(of: $0, entry.backend) })))
            })
    }

    private func product(of template: [String: JSONValue], _ backend: SandboxBackend) -> String {
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

    /// Writes the configuration as it is to be and applies it, as an administrator would.
    func configure() async throws {
        let configuration: JSONValue = [
            "tenant": [
                "id": tenant?["id"] ?? nil, "clientID": tenant?["clientID"] ?? nil,
                "clientSecret": .string("file:" + folder.path("client-secret")), "login": tenant?["login"] ?? nil,
                "graph": tenant?["graph"] ?? nil,
            ],
            "intune": [
                "publicKey": .string(folder.path("intune-connector.pem")),
                "providerName": tenant?["intune"]?["providerName"] ?? nil,
                "keyName": tenant?["intune"]?["keyName"] ?? nil,
            ],
            "keyRecoveryAgents": [["name": "simulated-agent", "certificate": .string(kraCertificate)]],
            "backendCAs": .array(backends.map(\.configuration)), "templates": .array(scenario.templates.map(template)),
            "limits": .object(
                ["ordersPerRun": JSONValue(scenario.people * 2)].merging(scenario.limits) { $1 }),
        ]
        let file = try folder.write(
            YAMLText.emit(configuration, keyOrder: ["name"] + ConfigurationReader.sections), to: "certway.yaml")
        let applied = try await certway(["apply", "-f", file])
        guard applied.status == 0 else {
            throw SettingsError("the simulated gateway does not take its configuration: \(applied.errors)")
        }
    }

    private func template(_ given: [String: JSONValue]) -> JSONValue {
        let backend = backends.first { $0.name == current }?.backend
        let purpose = given["purpose"]?.string.flatMap(CertificatePurpose.init) ?? .smime
        var template: [String: JSONValue] = [
            "key": .string(KeyType.p256.rawValue), "delivery": "intune",
            // Several sandbox CAs sell multipurpose certificates, in the name of their customer's organization.
            "accept": ["extendedKeyUsages": ["clientAuth"], "subject": ["organization": ["Sandbox GmbH"]]],
        ]
        if purpose.isArchivable { template["keyRecoveryAgents"] = ["simulated-agent"] }
        if let days = backend?.validityDays { template["validityDays"] = JSONValue(days) }
        template.merge(Scenario.usualPolicy) { $1 }
        if let price = scenario.prices[current] {
            template["price"] = .string(String(format: "%.2f \(Scenario.currency)", price))
        }
        template.merge(given) { $1 }
        template["products"] = nil
        template["group"] = tenant?["groups"]?["smime"] ?? nil
        template["backendCA"] = .string(current)
        template["product"] = backend.map { .string(product(of: given, $0)) } ?? nil
        return .object(template)
    }

    struct Run: Sendable {
        var status: Int32
        var wasKilled: Bool
        var output: String
        var errors: String
        var seconds: Double
        var json: JSONValue? { try? JSONValue(parsing: Data(output.utf8)) }
    }

    /// One pass.
    ///
    /// - Parameter moment: after how many seconds it is killed, if it has not ended before.
    func pass(killedAfter moment: Double? = nil) async throws -> Run {
        try await certway(["run", "--once", "--wait", "3", "--output", "json"], killedAfter: moment)
    }

    /// Any other command on its home.
    func command(_ arguments: [String]) async throws -> Run { try await certway(arguments) }

    private func certway(_ arguments: [String], killedAfter moment: Double? = nil) async throws -> Run {
        let program = URL(filePath: ModuleLoader.standardFolders.last ?? ".").appending(path: "certway")
        let arguments = arguments + ["--home", home.path]
        return try await withCheckedThrowingContinuation { continuation in
            // Waiting for a process blocks its thread.
            Thread.detachNewThread {
                continuation.resume(with: Result { try Self.run(program, arguments, killedAfter: moment) })
            }
        }
    }

    private static func run(_ program: URL, _ arguments: [String], killedAfter moment: Double?) throws -> Run {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        let start = ContinuousClock.now
        try process.run()
        let identifier = process.processIdentifier
        let killer = DispatchWorkItem { kill(identifier, SIGKILL) }
        if let moment { DispatchQueue.global().asyncAfter(deadline: .now() + moment, execute: killer) }
        let said = Bytes()
        let reader = Thread { said.take(errors.fileHandleForReading.readDataToEndOfFile()) }
        reader.start()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let complaints = said.wait()
        process.waitUntilExit()
        killer.cancel()
        return Run(
            status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
            output: String(decoding: data, as: UTF8.self), errors: String(decoding: complaints, as: UTF8.self),
            seconds: start.duration(to: .now) / .seconds(1))
    }
}

/// What another thread reads, waited for.
private final class Bytes: @unchecked Sendable {
    // Written once before the signal, read after it.
    private var data = Data()
    private let signal = DispatchSemaphore(value: 0)

    func take(_ data: Data) {
        self.data = data
        signal.signal()
    }

    func wait() -> Data {
        signal.wait()
        return data
    }
}
