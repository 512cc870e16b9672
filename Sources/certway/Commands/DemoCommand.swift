// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Foundation
import Gateway
import HTTPTransport
import JSONDocuments
import Ledger
import PKIX
import Settings

/// `certway demo`: the main job, end to end, against a sandbox.
enum DemoCommand {
    static let command = Command(
        "demo", "see the whole job: group, key, order, archive, Intune",
        discussion: """
            Starts a sandbox tenant and CA on this machine, enrolls N people through the real pipeline, then looks at the
            result from the other side: the CA's order list, the archive opened with the recovery agent's key, each PFX
            opened as the Intune connector would. In hostile mode answers get lost; what becomes of an order at a CA that
            cannot be searched is for a person to find out, and the demo plays that person. Exit status 4 says that orders
            still wait for one when the time is over.

            With --serve it is another demo: a made-up company of 200 people whose gateway is more than a year old, with certificates,
            orders, an over-limit plan, an incident and an outage to look at, and the console until it is stopped. With --output json one
            line says where console and API are, with a token for each role, as soon as both answer.
            """,
        options: [
            .value("users", "N", "people in the group (default: 25; with --serve 200)"),
            .value("connector", "NAME", "connector profile; its CA comes from the sandbox, or is made (local-ca)"),
            .value("product", "ID", "CA product (default: the sandbox's first)"),
            .choice("key", KeyType.allCases.map(\.rawValue), "key type (default: rsa2048, or what the product takes)"),
            .flag("hostile", "delays, throttling, failures, lost answers"),
            .value("seed", "N", "replays a hostile run", default: "1"),
            .flag("unlimited", "the sandbox CA takes any number of requests at once"),
            .choice(
                "store", DemoStore.engines, "the database; a server is started on this machine, and ends with the demo",
                default: DemoStore.engines[0]),
            .value("nodes", "N", "gateways on that server", default: "1"),
            .value("keep", "DIR", "keep gateway, keys and configuration in this new folder"),
            .value("time-limit", "SECONDS", "give up after so long", default: "600"),
            .flag("serve", "a gateway with a past and every state to look at, then the console until it is stopped"),
        ],
        examples: [
            ("certway demo", "25 people, a minute at most"),
            ("certway demo --users 100 --hostile --seed 7", "the same with everything going wrong that may"),
            ("certway demo --connector local-ca --output json", "a CA of our own; one JSON object"),
            ("certway demo --store postgresql --nodes 2", "two gateways on one server"),
            ("certway demo --serve", "200 people, and the console to look at them"),
        ]
    ) { invocation in
        let users = try invocation.int("users", in: 1...1_000_000) ?? 25
        let nodes = try invocation.int("nodes", in: 1...8) ?? 1
        let engine = invocation.value("store") ?? DemoStore.engines[0]
        if invocation.flag("serve") {
            guard engine == DemoStore.engines[0], nodes == 1 else {
                throw UsageError(
                    "--serve: what is served is one gateway on a file: leave --store and --nodes out",
                    path: invocation.path)
            }
            return try await LiveDemo.serve(invocation)
        }
        guard engine != DemoStore.engines[0] || nodes == 1 else {
            throw UsageError(
                "--nodes: several gateways share a database on a server: add --store mariadb", path: invocation.path)
        }
        guard engine == DemoStore.engines[0] || invocation.value("keep") == nil else {
            throw UsageError(
                "--keep: the server of --store ends with the demo: leave one of them out", path: invocation.path)
        }
        let folder = try DemoFolder(keep: invocation.value("keep"))
        let connector = try Self.connector(invocation)
        let sandbox = try SandboxService(
            ["--users", "\(users)", "--unlimited", "--only", "tenant"] + Self.arguments(for: connector, invocation),
            http: CurlHTTPClient())
        let text = DemoText(connector: connector.name, folder: invocation.value("keep"))
        if !invocation.wantsJSON { Terminal.print(lines: text.beginning(users: users)) }
        let backend = SandboxBackend(connector, description: sandbox.description, folder: folder)
        let product = invocation.value("product") ?? backend.product
        let setup = DemoSetup(
            backend: backend,
            keyType: invocation.value("key").flatMap(KeyType.init) ?? backend.keyType(of: product), product: product,
            people: users)
        let store = try await DemoStore(engine, in: folder)
        do {
            let result = try await Self.run(setup, sandbox, store, nodes: nodes, invocation)
            await Self.end(store)
            invocation.wantsJSON ? Terminal.print(json: result.json.text) : Terminal.print(lines: text.end(result))
            return result.isComplete ? .done : result.isSound ? .partlyDone : .failed
        } catch {
            await Self.end(store)
            throw error
        }
    }

    private static func end(_ store: DemoStore) async {
        await GatewayStore.closeAll()
        await store.end()
    }

    private static func run(
        _ setup: DemoSetup, _ sandbox: SandboxService, _ store: DemoStore, nodes: Int, _ invocation: Invocation
    ) async throws -> DemoResult {
        try setup.backend.createAuthority(invocation.profiles)
        let files = try setup.write(for: sandbox.description)
        let homes = (1...nodes).map { number in
            GatewayHome(option: setup.folder.path(number == 1 ? "home" : "home-\(number)"), store: store.url)
        }
        // Several begin together, with the configuration that changes when all are there.
        try await apply(nodes == 1 ? files.beginning : files.preparing, homes[0], invocation)
        for home in homes.dropFirst() {
            // As an administrator does, who adds a node.
            try home.create()
            try homes[0].readSealingKey().bytes.withBytes { try CompleteFile(path: home.sealingKey).createNew($0) }
        }
        var gateways: [Gateway] = []
        for home in homes { gateways.append(try await Gateway.open(invocation, home: home)) }
        let enrollment = DemoEnrollment(
            gateways: gateways,
            person: DemoOperator(gateway: gateways[0], sandbox: sandbox, connector: setup.connector),
            users: setup.people, deadline: Date() + Double(try invocation.int("time-limit") ?? 600))
        let effort = try await enrollment.run { try await apply(files.beginning, homes[0], invocation) }
        var result = try await DemoInspection(gateways: gateways, sandbox: sandbox, setup: setup).run(
            users: setup.people)
        result.answers = effort.answers
        result.seconds = effort.seconds
        result.cpuSeconds = effort.cpuSeconds
        return result
    }

    /// Configures a gateway as an administrator would, through the same checks.
    private static func apply(_ file: String, _ home: GatewayHome, _ invocation: Invocation) async throws {
        _ = try await ConfigurationAdministration(home, invocation.profiles, caller: .commandLine("demo")).apply(
            SettingsFile(path: file).text(), file: file, prunes: false, isDryRun: false)
    }

    /// What the sandbox is told about the CA; one that is its own needs none there.
    private static func arguments(for connector: ConnectorProfile, _ invocation: Invocation) throws -> [String] {
        var arguments: [String] = []
        if try !(invocation.profiles.modules.connectorType(for: connector.module) is any AuthorityCreating.Type) {
            arguments += ["--only", connector.name]
        }
        let seed = try invocation.int("seed") ?? 1
        if invocation.flag("hostile") { arguments += ["--hostile", "--seed", "\(seed)"] }
        return arguments
    }

    /// The profile named, or the first of a CA that one may ask after a lost answer: the demo is to show that one survives.
    private static func connector(_ invocation: Invocation) throws -> ConnectorProfile {
        let catalogue = invocation.profiles.catalogue
        let profiles = catalogue.outlines()
        let chosen =
            invocation.value("connector").map { name in profiles.first { $0.name == name } }
            ?? profiles.first { $0.module == "rest" && $0.abilities.contains(.findByReference) }
        guard let profile = chosen else {
            throw catalogue.missing(invocation.value("connector") ?? "rest")
        }
        return profile
    }
}
