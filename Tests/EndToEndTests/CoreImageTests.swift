// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Whoever gets a core image of the gateway gets no key and no password with it: what is used is left out of the image, and what
/// was used is nowhere any more.
@Suite(.timeLimit(.minutes(TestSize.choose(10, full: 180)))) struct CoreImageTests {
    /// Secrets in headers, in the address, in the body, by a token, as client certificates and for signatures in messages.
    static let connectors = [
        "digicert-certcentral", "adcs", "ejbca", "globalsign-atlas", "globaltrust", "sectigo-scm", "ssl-com",
        "swisssign",
    ]

    /// A gateway with a template for each connector, and a CA of its own.
    private func gateway(_ sandbox: SandboxProcess, _ others: [String], keyType: String) async throws
        -> GatewayUnderTest
    {
        try await GatewayUnderTest(sandbox: sandbox, keyType: keyType, others: others) { yaml in
            others.reduce(yaml) { sandbox.addTemplate($1, at: $1, to: $0) }
        }
    }

    /// Makes a local CA whose keys are encrypted, looks at that, and configures it.
    private func addLocalCA(_ gateway: GatewayUnderTest) async throws {
        let folder = gateway.folder.path("ca")
        let passphrase = "file:" + (try gateway.folder.write("correct horse battery staple", to: "passphrase"))
        let image = try await gateway.imageAtTheEnd(of: [
            "ca", "create", folder, "--key", "rsa2048", "--passphrase", passphrase, "--root-passphrase", passphrase,
        ])
        #expect(image.found.isEmpty, "ca create")
        let own: JSONValue = [
            "name": "own", "connector": "local-ca", "acceptedRoots": .string(folder + "/root.pem"),
            "settings": ["directory": .string(folder), "passphrase": .string(passphrase)],
        ]
        try await gateway.reconfigure { yaml in
            let added = gateway.sandbox.addTemplate("own", at: "own", to: yaml)
                .replacing("backendCAs: [", with: "backendCAs: [\(own.text),")
            // The last product that is empty is the one of a CA which the sandbox does not know.
            return added.replacing("product: \"\"", with: "product: smime")
        }
    }

    /// The service with every kind of CA: after the first deliveries, after some more, and just before its end.
    @Test func serviceKeepsNothing() async throws {
        let sandbox = try await SandboxProcess(["--users", "2"])
        let gateway = try await gateway(sandbox, Array(Self.connectors.dropFirst()), keyType: "rsa2048")
        try await addLocalCA(gateway)
        let orders = Self.connectors.count + 1
        let service = try await gateway.start(["serve"], environment: GatewayUnderTest.allowance)
        for people in [2, 3] {
            if people == 3 {
                try await sandbox.join("Zoe")
                // A new configuration wakes the service; else it would look at the group in a quarter of an hour.
                try await gateway.reconfigure { $0.replacing("ordersPerRun: 100000", with: "ordersPerRun: 10000") }
            }
            try await gateway.wait(beside: service) { try await gateway.stages()["active"] == people * orders }
            let image = try await gateway.imageAtRest(service)
            #expect(image.found.isEmpty, "after \(people * orders) deliveries")
            #expect(image.size > 1 << 20 && image.sought > people * orders * 1000)
        }
        service.signal(SIGTERM)
        #expect(try await gateway.imageAtTheEnd(of: service).found.isEmpty, "at the end")
        #expect(await service.end().status == 0)

        // The sandbox takes no such care: the same look at it finds keys, passwords and tokens. Its memory is open to root alone.
        guard geteuid() == 0 else { return }
        let found = try await Set(CoreImage.of(sandbox.identifier, gateway).found.keys)
        #expect(
            found.isSuperset(of: ["apiKey", "client-secret", "adcs-password", "token", "key of Intune's connector.d"]),
            "\(found)")
        #expect(found.contains { $0.hasPrefix("swisssign-operatorCertificate.") }, "\(found)")
    }

    /// The heap that erases what is freed, under the sanitizers of the compiler.
    @Test func theHeapKeepsItsPromises() async throws {
        let folder = try TemporaryFolder()
        let (source, program) = ("\(BuiltPrograms.repository)/Sources/CWipingHeap", folder.path("heap"))
        let made = try await Run.tool(
            "clang",
            [
                "-std=gnu17", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fuse-ld=bfd",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all", "-I\(source)", "-I\(source)/include", "-o", program,
                "\(BuiltPrograms.repository)/Tests/HeapTests/heap-under-sanitizers.c", "-lpthread",
            ])
        try #require(made.status == 0, "\(made.errors)")
        let run = try await Run.tool(program, [])
        #expect(run.status == 0 && run.output == "heap: nothing found\n", "\(run.output) \(run.errors)")
    }

    /// A day of the service: tokens that end early, orders in each cycle, and an administrator at work beside it. Looked at while it
    /// works, whenever chance wills, and when it is at rest.
    @Test func aDayOfServiceLeavesNothing() async throws {
        let cycles = TestSize.choose(3, full: 60)
        var chance = SeededGenerator(seed: UInt64(TestSeed.choose("the day of service", in: 1...999)))
        let sandbox = try await SandboxProcess(["--users", "2"])
        let gateway = try await gateway(sandbox, ["ejbca", "globalsign-atlas", "adcs"], keyType: "rsa2048")
        try await addLocalCA(gateway)
        try await sandbox.control("/control/tenant", method: "POST", body: #"{"tokenLifetime": 5}"#)
        try await sandbox.set("globalsign-atlas", ["tokenLifetime": 5])
        let (ca, passphrase) = (gateway.folder.path("ca"), "file:" + gateway.folder.path("passphrase"))
        let service = try await gateway.start(["serve"], environment: GatewayUnderTest.allowance)
        for cycle in 1...cycles {
            if cycle > 1 {
                try await sandbox.join("Person\(cycle)")
                // A new configuration wakes the service.
                try await gateway.reconfigure {
                    $0.replacing(#/ordersPerRun: \d+/#, with: "ordersPerRun: \(10_000 + cycle)")
                }
            }
            let left = try await gateway.deliveredSecrets(service, after: chance.next() % 3000)
            #expect(left.isEmpty, "cycle \(cycle), while it works")
            try await gateway.wait(beside: service) {
                try await gateway.stages()["active"] ?? 0 >= (cycle + 1) * 5 - (cycle - 1)
            }
            let certificates = try await gateway.certway(["certificate", "list", "--output", "json"]).json.array ?? []
            let own = try #require(certificates.first { $0["backendCA"] == "own" && $0["status"] == "active" })
            let serial = try #require(own["serialNumber"]?.string)
            try gateway.folder.write("another horse, another battery", to: "password")
            for command in [
                [
                    "key", "recover", serial, "--purpose", "cycle \(cycle)", "--agent-certificate",
                    gateway.folder.path("kra.pem"), "--agent-key", gateway.folder.path("kra.key"), "--password",
                    "file:" + gateway.folder.path("password"), "--out", gateway.folder.path("key-\(cycle).pfx"),
                ],
                ["ca", "crl", ca, "--passphrase", passphrase],
                ["ca", "revoke", ca, serial, "--passphrase", passphrase, "--reason", "superseded"], ["ca", "check"],
            ] {
                let run = try await gateway.certway(command)
                #expect(run.status == 0, "\(command): \(run.errors)")
            }
            guard cycle == cycles || chance.next() % 3 == 0 else { continue }
            #expect(try await gateway.imageAtRest(service).found.isEmpty, "cycle \(cycle), at rest")
        }
        service.signal(SIGTERM)
        #expect(try await gateway.imageAtTheEnd(of: service).found.isEmpty, "at the end")
        #expect(await service.end().status == 0)
    }

    /// Commands, with keys on a curve.
    @Test func commandsLeaveNothing() async throws {
        let sandbox = try await SandboxProcess(["--users", "2"])
        let gateway = try await gateway(sandbox, ["ejbca"], keyType: "p256")
        try await addLocalCA(gateway)
        for arguments in [
            ["plan"], ["run", "--once", "--wait", "60"], ["run", "--once"], ["doctor"], ["ca", "check"],
            ["apply", "-f", gateway.configuration], ["certificate", "list"],
        ] {
            let found = try await gateway.imageAtTheEnd(of: arguments).found
            #expect(found.isEmpty, "\(arguments): \(found)")
        }
        #expect(try await sandbox.control("/control/pfx")["pfx"]?.array?.count == 2 * 3)

        let certificates = try await gateway.certway(["certificate", "list", "--output", "json"]).json
        let serial = try #require(certificates[0]?["serialNumber"]?.string)
        let (agentKey, password) = (gateway.folder.path("kra.key"), "another horse, another battery")
        try gateway.folder.write(password, to: "password")
        let image = try await gateway.imageAtTheEnd(
            of: [
                "key", "recover", serial, "--purpose", "ticket 4711", "--agent-certificate",
                gateway.folder.path("kra.pem"), "--agent-key",
                agentKey,
                "--password", "file:" + gateway.folder.path("password"), "--out", gateway.folder.path("key.pfx"),
            ],
            gone: ["agent's key": String(contentsOfFile: agentKey, encoding: .utf8), "password of the PFX": password])
        #expect(image.found.isEmpty)
    }

    /// The kernel makes no core file, and nobody looks into the process, unless it was built for debugging and is told so.
    @Test(arguments: [[:], GatewayUnderTest.allowance])
    func nobodyLooksIntoIt(environment: [String: String]) async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"]))
        // Root may look into everything, unless it gives that up.
        let bare = geteuid() == 0 ? ["setpriv", "--bounding-set", "-all", "--"] : ["env"]
        let service = try await ChildProcess(
            bare[0], bare.dropFirst() + [BuiltPrograms.path("certway"), "serve", "--home", gateway.home],
            environment: environment, errors: .file(gateway.folder.path("service.err")))
        defer { service.signal(SIGKILL) }
        try await gateway.wait(beside: service) { gateway.said.contains("serving from") }
        let process = "/proc/\(service.identifier)"
        let look = try await Run.tool(bare[0], bare.dropFirst() + ["head", "-c", "1", "\(process)/environ"])
        #expect((look.status == 0) == !environment.isEmpty, "\(look.errors)")
        let limits = try String(contentsOfFile: "\(process)/limits", encoding: .utf8)
        #expect(limits.contains(#/Max core file size +0 +0 /#) || !environment.isEmpty, "\(limits)")
    }
}
