// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorHost
import ConnectorKit
import ConnectorTesting
import Foundation
import Gateway
import HTTPTransport
import PKIX
import Settings
import YAMLDocuments

/// What is put to the test: a configured backend CA, or a sandbox CA started for it. Ends the sandbox with itself.
struct ConformanceSubject {
    /// What the files of the report are called.
    let name: String
    let bench: ConformanceBench
    let environment: String
    let circumstances: [(name: String, value: String)]
    private let sandbox: SandboxService?
    private let folder: DemoFolder?
    /// Whose backend CA it is; nil for a sandbox.
    private let administration: ConformanceAdministration?

    /// Puts a run at a CA of the gateway on record.
    func note(orders: Int) async throws { try await administration?.note(name, orders: orders) }

    static func make(_ invocation: Invocation) async throws -> ConformanceSubject {
        switch (invocation.word("NAME"), invocation.value("sandbox")) {
        case (let name?, nil): try await configured(name, invocation)
        case (nil, let connector?): try sandboxed(connector, invocation)
        default: throw UsageError("name a backend CA, or --sandbox CONNECTOR, not both", path: invocation.path)
        }
    }

    private static func seed(_ invocation: Invocation) throws -> UInt64 {
        try invocation.int("seed").map(UInt64.init) ?? UInt64.random(in: 1...99_999_999)
    }

    private static func factory(_ invocation: Invocation, _ profiles: Profiles) -> BackendCAFactory {
        let logger = invocation.logger
        return BackendCAFactory(
            catalogue: profiles.catalogue, modules: profiles.modules, logger: logger,
            makeHTTPClient: { CurlHTTPClient(trustAnchorsPEM: $0, trace: logger.trace) })
    }

    /// A backend CA of the gateway.
    private static func configured(_ name: String, _ invocation: Invocation) async throws -> ConformanceSubject {
        let gateway = try await Gateway.open(invocation)
        guard let configuration = gateway.configuration.backendCA(name) else {
            throw SettingsError.unknown("backend CA", name, gateway.backends.names)
        }
        let parts = try factory(invocation, gateway.profiles).parts(configuration)
        let templates = gateway.configuration.templates.filter { $0.backendCA == name }
        let wanted = invocation.value("template")
        let template = wanted.map { word in templates.first { $0.name == word } } ?? templates.first
        if let wanted, template == nil {
            throw SettingsError.unknown("template of backend CA \(name)", wanted, templates.map(\.name))
        }
        let product = invocation.value("product") ?? template?.product ?? parts.profile.products.first?.id ?? ""
        let known = (template.map { [$0] } ?? []) + templates
        let trials = known.map { Self.trial($0, parts.profile) }
        let trial =
            template?.product == product ? trials[0] : Self.trial(product, parts.profile, key: template?.key)
        let orders = try invocation.int("orders") ?? 0
        let domain = invocation.value("domain") ?? template?.addressDomains.first
        if orders > 0, domain == nil {
            throw UsageError("--domain: name a mail domain that the CA may certify for you", path: invocation.path)
        }
        let crl = invocation.value("crl")
        var bench = try bench(
            parts, trial, domain: domain ?? "example.com", orders: orders, sandbox: nil,
            crl: crl.map(reading), invocation)
        bench.logon = trials.first { !$0.logonNames.isEmpty }
        let address = parts.settings.endpoint.isEmpty ? "the CA behind \(name)" : parts.settings.endpoint
        return ConformanceSubject(
            name: name, bench: bench, environment: address, circumstances: circumstances(parts.profile), sandbox: nil,
            folder: nil, administration: ConformanceAdministration(gateway, caller: invocation.caller))
    }

    /// A CA of `certway-sandbox`, or one made for the run where the connector is its own.
    private static func sandboxed(_ name: String, _ invocation: Invocation) throws -> ConformanceSubject {
        let profiles = invocation.profiles
        guard let profile = profiles.catalogue.profile(named: name) else {
            throw profiles.catalogue.missing(name)
        }
        let folder = try DemoFolder(keep: nil)
        let http = CurlHTTPClient()
        let isOwnCA = try profiles.modules.connectorType(for: profile.module) is any AuthorityCreating.Type
        var sandbox: SandboxService?
        if !isOwnCA {
            let hostility = invocation.flag("hostile") ? ["--hostile", "--seed", "\(try seed(invocation))"] : []
            sandbox = try SandboxService(["--unlimited", "--only", name] + hostility, http: http)
        }
        let backend = SandboxBackend(profile, description: sandbox?.description ?? [:], folder: folder)
        try backend.createAuthority(profiles)
        let text = YAMLText.emit(["backendCAs": [try backend.configuration()]])
        let configuration = try ConfigurationReader.read(text, file: "the sandbox's configuration").backendCAs[0]
        let parts = try factory(invocation, profiles).parts(configuration)
        let product = invocation.value("product") ?? backend.product
        var trial = trial(product, profile, key: backend.keyType(of: product))
        trial.purpose = backend.purpose(of: product)
        trial.validityDays = trial.validityDays ?? backend.validityDays
        let logon = backend.logon.map { logon in
            var trial = Self.trial(logon.product, profile, key: backend.keyType(of: logon.product))
            trial.purpose = .clientAuthentication
            trial.validityDays = trial.validityDays ?? backend.validityDays
            trial.logonNames = ["userPrincipalName", "securityIdentifier"]
            return trial
        }
        if let logon, logon.product == product { trial = logon }
        let control = sandbox?.description["control"]?.string.map {
            HTTPSandboxControl(control: $0, name: name, http: http)
        }
        let crl = folder.path("ca/issuing.crl")
        var bench = try bench(
            parts, trial, domain: invocation.value("domain") ?? "sandbox.example", orders: try invocation.int("orders"),
            sandbox: control, crl: isOwnCA ? reading(crl) : nil, invocation)
        bench.logon = logon
        bench.subjects.whereRequired = backend.organization
        bench.subjects.userPrincipalName = bench.subjects.userPrincipalName ?? backend.logon?.userPrincipalName
        bench.subjects.securityIdentifier = bench.subjects.securityIdentifier ?? backend.logon?.securityIdentifier
        return ConformanceSubject(
            name: name, bench: bench,
            environment: isOwnCA
                ? "a CA made for the run" : "certway-sandbox" + (invocation.flag("hostile") ? ", hostile" : ""),
            circumstances: circumstances(profile), sandbox: sandbox, folder: folder, administration: nil)
    }

    private static func reading(_ path: String) -> @Sendable () async throws -> [UInt8] {
        { Array(try SettingsFile(path: path).bytes()) }
    }

    private static func trial(_ product: String, _ profile: ConnectorProfile, key: KeyType?) -> OrderTrial {
        OrderTrial(of: product, profile, key: key)
    }

    private static func trial(_ template: TemplateConfiguration, _ profile: ConnectorProfile) -> OrderTrial {
        OrderTrial(of: template, profile)
    }

    private static func bench(
        _ parts: BackendCAParts, _ trial: OrderTrial, domain: String, orders: Int?, sandbox: (any SandboxControl)?,
        crl: (@Sendable () async throws -> [UInt8])?, _ invocation: Invocation
    ) throws -> ConformanceBench {
        let seed = try seed(invocation)
        return ConformanceBench(
            profile: parts.profile, connectorType: parts.connectorType, settings: parts.settings,
            services: parts.services, acceptedRoots: parts.acceptedRoots, trial: trial,
            subjects: TestSubjects(
                domain: domain, foreignDomain: invocation.value("foreign-domain") ?? "not-ours.example",
                tag: "t" + String(seed, radix: 36), userPrincipalName: invocation.value("upn"),
                securityIdentifier: invocation.value("sid")),
            orderLimit: orders, patience: .seconds(try invocation.int("patience") ?? 30),
            pollEvery: sandbox == nil ? .seconds(2) : .milliseconds(200),
            concurrentOrders: try invocation.int("concurrent", in: 1...10_000) ?? 200, sandbox: sandbox,
            publications: parts.services.http, currentCRL: crl, seed: seed)
    }

    /// Versions of everything that took part.
    private static func circumstances(_ profile: ConnectorProfile) -> [(name: String, value: String)] {
        let marker = String(cString: certway_module_marker()).split(separator: ";").dropFirst()
        let facts = marker.compactMap { part in part.split(separator: "=", maxSplits: 1).map(String.init) }
        let labels = ["interface": "connector interface", "compiler": "C compiler of the Swift toolchain"]
        let hash =
            (try? SettingsFile(path: profile.file).bytes()).map { DigestAlgorithm.sha256.digest(Array($0)) } ?? []
        return [
            ("certway", CertwayProgram.version), ("module", profile.module.rawValue),
        ] + facts.filter { $0.count == 2 }.map { (labels[$0[0]] ?? $0[0], $0[1]) } + [
            ("Swift compiler", SwiftCompiler.version),
            ("profile SHA-256", hash.hex), ("OpenSSL", OpenSSLLibrary.version),
        ]
    }
}
