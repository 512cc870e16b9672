// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Enrollment
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
            """,
        options: [
            .value("users", "N", "people in the group", default: "25"),
            .value("connector", "NAME", "connector profile; its CA comes from the sandbox, or is made (local-ca)"),
            .value("product", "ID", "CA product (default: the sandbox's first)"),
            .choice("key", KeyType.allCases.map(\.rawValue), "key type (default: rsa2048, or what the product takes)"),
            .flag("hostile", "delays, throttling, failures, lost answers"),
            .value("seed", "N", "replays a hostile run", default: "1"),
            .flag("unlimited", "the sandbox CA takes any number of requests at once"),
            .value("keep", "DIR", "keep gateway, keys and configuration in this new folder"),
            .value("time-limit", "SECONDS", "give up after so long", default: "600"),
        ],
        examples: [
            ("certway demo", "25 people, a minute at most"),
            ("certway demo --users 100 --hostile --seed 7", "the same with everything going wrong that may"),
            ("certway demo --connector local-ca --output json", "a CA of our own; one JSON object"),
        ]
    ) { invocation in
        let users = try invocation.int("users", in: 1...1_000_000) ?? 25
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
        let gateway = try await Self.makeGateway(setup, sandbox, invocation)
        let start = (clock: ContinuousClock.now, cpu: Self.cpuSeconds)
        let answers = try await Self.enroll(
            gateway, DemoOperator(gateway: gateway, sandbox: sandbox, connector: connector.name),
            until: Date() + Double(try invocation.int("time-limit") ?? 600))
        let seconds = (ContinuousClock.now - start.clock) / .seconds(1)
        let cpuSeconds = Self.cpuSeconds - start.cpu
        var result = try await DemoInspection(gateway: gateway, sandbox: sandbox, setup: setup).run(users: users)
        result.answers = answers
        result.seconds = seconds
        result.cpuSeconds = cpuSeconds
        invocation.wantsJSON ? Terminal.print(json: result.json.text) : Terminal.print(lines: text.end(result))
        return result.isComplete ? .done : result.isSound ? .partlyDone : .failed
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

    /// Processor time this process has used so far.
    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
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

    /// Configures a gateway as an administrator would, through the same checks.
    private static func makeGateway(
        _ setup: DemoSetup, _ sandbox: SandboxService, _ invocation: Invocation
    ) async throws -> Gateway {
        try setup.backend.createAuthority(invocation.profiles)
        let file = try setup.write(for: sandbox.description)
        let home = GatewayHome(option: setup.folder.path("home"))
        let administration = ConfigurationAdministration(home, invocation.profiles, actor: "demo")
        _ = try await administration.apply(
            SettingsFile(path: file).text(), file: file, prunes: false, isDryRun: false)
        return try await Gateway.open(invocation, home: home)
    }

    /// Works until everybody has a certificate; what the gateway asks a person is answered in between.
    ///
    /// - Returns: the answers.
    private static func enroll(
        _ gateway: Gateway, _ person: DemoOperator, until deadline: Date
    ) async throws -> [DemoOperator.Answer] {
        let progress = ProgressLine()
        let pass = SinglePass(gateway) { progress.show($0.sentence) }
        let signals = StopSignals { pass.stop() }
        defer { signals.cancel() }
        var answers: [DemoOperator.Answer] = []
        while true {
            let report = try await pass.run(consented: nil, until: deadline)
            progress.clear()
            for cause in report.causes { Terminal.complain("certway: \(cause)") }
            guard Date() < deadline, case let given = try await person.answer(), !given.isEmpty else { return answers }
            answers += given
        }
    }
}
