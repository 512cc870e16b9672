// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// The main job through every CA that the sandbox imitates, friendly and hostile.
@Suite struct EveryCATests {
    static let connectors = [
        "sectigo-scm", "globalsign-atlas", "ssl-com", "globaltrust", "ejbca", "swisssign", "adcs",
    ]

    @Test(arguments: connectors)
    func hostile(connector: String) throws {
        let people = 40
        let seed = UInt64.random(in: 1...999)
        print("hostile seed \(seed) of \(connector)")
        let gateway = try GatewayUnderTest(
            sandbox: SandboxProcess([
                "--users", "\(people)", "--hostile", "--seed", "\(seed)", "--only", "tenant", "--only", connector,
            ]), keyType: connector == "globalsign-atlas" ? "rsa2048" : "p256", connector: connector)
        for _ in 0..<5 {
            let run = try gateway.finish(within: 120)
            if run.status == 0, try run.json["orders"]?["active"]?.int == people { break }
        }
        #expect(try Outcome.of(gateway) == .complete(people), "hostile seed \(seed) of \(connector)")
    }

    /// What a newcomer types.
    @Test(arguments: connectors + ["digicert-certcentral", "local-ca"])
    func demo(connector: String) throws {
        let run = try Run.certway([
            "demo", "--connector", connector, "--users", "5", "--output", "json",
        ])
        #expect(run.status == 0, "\(connector): \(run.output) \(run.errors)")
    }
}
