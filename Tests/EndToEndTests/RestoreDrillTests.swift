// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// The drill of a restore: a backup, more orders, the backup put back, a pass. What was ordered since is not ordered again.
@Suite(.timeLimit(.minutes(15))) struct RestoreDrillTests {
    /// How the older copy comes to its place.
    enum Way: String, CaseIterable {
        case command, databaseAlone, wholeFolder
        /// What a backup consists of, written over what is there, as `cp` does: the files stay the same ones.
        case filesInPlace
    }

    private static let files = ["certway.db", "certway.submissions", "sealing.key"]

    /// CAs that can be asked for an order by its reference alone.
    private static let searchable = ["digicert-certcentral", "sectigo-scm", "ssl-com", "globaltrust", "ejbca"]
    private static let others = ["globalsign-atlas", "swisssign", "adcs"]
    private static let newcomers = TestSize.choose(["Nora", "Omar", "Paul"], full: (1...50).map { "Newcomer\($0)" })

    private func gateway(_ connector: String) async throws -> GatewayUnderTest {
        try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "2", "--only", "tenant", "--only", connector]),
            keyType: connector == "globalsign-atlas" ? "rsa2048" : "p256", connector: connector)
    }

    /// Two people, a copy, the newcomers, and the copy again.
    ///
    /// - Returns: how many orders the CA has.
    private func restore(_ gateway: GatewayUnderTest, _ way: Way) async throws -> Int {
        try await gateway.finish()
        let copy = gateway.folder.path("copy")
        switch way {
        case .command: #expect(try await gateway.certway(["backup", copy]).status == 0)
        case .databaseAlone: try FileManager.default.copyItem(atPath: gateway.database, toPath: copy)
        case .wholeFolder, .filesInPlace: try FileManager.default.copyItem(atPath: gateway.home, toPath: copy)
        }
        for name in Self.newcomers { try await gateway.sandbox.join(name) }
        let run = try await gateway.finish()
        #expect(run.status == 0, "\(run.errors)")
        let orders = try await gateway.sandbox.orders(gateway.connector).count
        #expect(orders == 2 + Self.newcomers.count)
        switch way {
        case .command:
            let restored = try await gateway.certway(["restore", copy])
            #expect(restored.status == 0, "\(restored.errors)")
        case .databaseAlone:
            try FileManager.default.removeItem(atPath: gateway.database)
            try FileManager.default.copyItem(atPath: copy, toPath: gateway.database)
        case .wholeFolder:
            try FileManager.default.removeItem(atPath: gateway.home)
            try FileManager.default.copyItem(atPath: copy, toPath: gateway.home)
        case .filesInPlace:
            for file in Self.files {
                try Data(contentsOf: URL(filePath: "\(copy)/\(file)")).write(
                    to: URL(filePath: "\(gateway.home)/\(file)"))
            }
        }
        return orders
    }

    private func held(_ gateway: GatewayUnderTest) async throws -> [JSONValue] {
        try await gateway.certway(["order", "list", "--held", "--all", "--output", "json"]).json.array ?? []
    }

    /// The CA that had issued is not in the configuration that came back: the number beside the database has its name, and what it
    /// issued lies in Intune all the same.
    @Test func whatAForgottenCAHasIssuedIsNotOrderedElsewhere() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess([
                "--users", "2", "--only", "tenant", "--only", "digicert-certcentral", "--only", "sectigo-scm",
            ]), others: ["sectigo-scm"])
        let product = try #require(gateway.sandbox.description["cas"]?["sectigo-scm"]?["products"]?[0]?.string)
        let first = try #require(gateway.sandbox.description["cas"]?["digicert-certcentral"]?["products"]?[0]?.string)
        let both = try String(contentsOfFile: gateway.configuration, encoding: .utf8)
        try gateway.folder.write(
            both.replacing(/,\{[^{}]*"name":"sectigo-scm"(?:[^{}]|\{[^{}]*\})*\}/, with: "").replacing(
                /,?\{(?:[^{}]|\{[^{}]*\})*"name":"sectigo-scm"(?:[^{}]|\{[^{}]*\})*\}/, with: ""), to: "one.yaml")
        let one = try await gateway.certway(["apply", "-f", gateway.folder.path("one.yaml"), "--prune"])
        try #require(one.status == 0, "\(one.errors)")
        try await gateway.finish()
        let copy = gateway.folder.path("copy")
        #expect(try await gateway.certway(["backup", copy]).status == 0)
        try await gateway.reconfigure { yaml in
            yaml.replacing("backendCA: ca\n", with: "backendCA: sectigo-scm\n").replacing(
                "product: \"\(first)\"", with: "product: \"\(product)\"")
        }
        try await gateway.sandbox.join("Nora")
        try await gateway.finish()
        #expect(try await gateway.sandbox.orders("sectigo-scm").count == 1)
        #expect(try await gateway.certway(["restore", copy]).status == 0)
        for _ in 0..<2 {
            let run = try await gateway.finish(within: 8)
            #expect(
                run.status == 4 && run.errors.contains("backend CA sectigo-scm, which is not configured"),
                "\(run.errors)")
        }
        #expect(try await held(gateway).isEmpty)
        // Of a number that an older version has written nothing but the number is known.
        let number = "\(gateway.home)/certway.submissions"
        try String(contentsOfFile: number, encoding: .utf8).prefix(20).write(
            toFile: number, atomically: false, encoding: .utf8)
        #expect(try await gateway.certway(["restore", copy]).status == 0)
        for _ in 0..<2 {
            let run = try await gateway.finish(within: 8)
            #expect(run.status == 4, "\(run.errors)")
        }
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 2, "bought at the other CA")
        let held = try await held(gateway)
        #expect(
            held.count == 1 && held[0]["holdReason"]?.string?.contains("Intune holds certificate") == true, "\(held)")
    }

    @Test(arguments: searchable, Way.allCases)
    func whatTheCAHasIsHeldAndNotOrderedAgain(connector: String, way: Way) async throws {
        let gateway = try await gateway(connector)
        let before = try await restore(gateway, way)
        // Who came after the restore is not kept waiting.
        try await gateway.sandbox.join("Zoe")
        let run = try await gateway.finish()
        #expect(run.status == 4 && run.errors.contains("older copy"), "\(run.status) \(run.errors)")
        #expect(try await gateway.sandbox.orders(connector).count == before + 1, "ordered again")
        let held = try await held(gateway)
        #expect(
            Set(held.compactMap { $0["userPrincipalName"]?.string })
                == Set(Self.newcomers.map { "\($0.lowercased())@sandbox.example" }))
        for order in held {
            let reason = order["holdReason"]?.string ?? ""
            #expect(
                reason.contains("the CA has issued certificate") && reason.contains("certway order again"), "\(reason)")
        }
        // The next pass looks for nothing of it again, and orders nothing either.
        try await gateway.finish(within: 5)
        #expect(try await gateway.sandbox.orders(connector).count == before + 1, "ordered again by the second pass")

        // What the reason says one may type.
        let reference = try #require(held.first?["reference"]?.string)
        let cancelled = try await gateway.certway(["order", "cancel", reference, "--absent"])
        #expect(cancelled.status == 0, "\(cancelled.errors)")
        let anew = try await gateway.certway(["order", "again", reference])
        #expect(anew.status == 0, "\(anew.errors)")
        try await gateway.finish()
        #expect(try await gateway.sandbox.orders(connector).count == before + 2)
        #expect(try await self.held(gateway).count == held.count - 1)
    }

    /// Whoever consents buys again what was lost, under references that no CA has yet.
    @Test(arguments: searchable)
    func consentOrdersAgainWhereTheCACouldBeAskedToo(connector: String) async throws {
        let gateway = try await gateway(connector)
        let before = try await restore(gateway, .command)
        let accepted = try await gateway.certway(["restore", "accept"])
        #expect(accepted.status == 0 && accepted.output.contains("accepted"), "\(accepted)")
        let run = try await gateway.finish()
        #expect(run.status == 0, "\(run.errors)")
        #expect(try await gateway.sandbox.orders(connector).count == before + Self.newcomers.count)
        #expect(try await held(gateway).isEmpty)
    }

    @Test(arguments: others, Way.allCases)
    func whereACACannotBeAskedNothingIsOrderedWithoutConsent(connector: String, way: Way) async throws {
        let gateway = try await gateway(connector)
        let before = try await restore(gateway, way)
        for _ in 0..<2 {
            let run = try await gateway.finish(within: 5)
            #expect(run.status == 4 && run.errors.contains("older copy"), "\(run.status) \(run.errors)")
            #expect(run.errors.contains("cannot be asked for an order by its reference alone"), "\(run.errors)")
            #expect(run.errors.contains("certway restore accept"), "\(run.errors)")
        }
        #expect(try await gateway.sandbox.orders(connector).count == before, "ordered again")
        #expect(try await gateway.certway(["restore", "accept"]).status == 0)
        try await gateway.finish()
        #expect(try await gateway.sandbox.orders(connector).count == before + Self.newcomers.count)
    }

    /// The same references for the same people again, of no other gateway, and never twice.
    @Test func anOrderThatIsGivenUpHasAnotherReferenceNextTime() async throws {
        let gateway = try await gateway("digicert-certcentral")
        try await gateway.finish()
        let orders = try await gateway.certway(["order", "list", "--all", "--output", "json"]).json.array ?? []
        let other = try await self.gateway("digicert-certcentral")
        try await other.finish()
        let others = try await other.certway(["order", "list", "--all", "--output", "json"]).json.array ?? []
        let references = (orders + others).compactMap { $0["reference"]?.string }
        #expect(references.count == 4 && Set(references).count == 4)
        #expect(references.allSatisfy { $0.wholeMatch(of: /cw-[a-z2-7]{20}/) != nil })
    }
}
