// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The sandbox program, judged by clients that were written from the wire sheets in another language.
@Suite(.timeLimit(.minutes(10))) struct SandboxTests {
    @Test func tenant() async throws { try await judge("tenant") }

    @Test func intune() async throws { try await judge("intune") }

    @Test func mail() async throws { try await judge("mail", "--only", "tenant", "--unusual") }

    @Test func exchange() async throws { try await judge("exchange", "--mailboxes", "3", "--only", "tenant") }

    @Test func microsoftsOwnClients() async throws {
        try await judge("microsoft", "--tls", "--only", "tenant", python: Judges.path("python3"))
    }

    @Test func keyVaultsOwnClient() async throws {
        try await judge("keyvault", "--tls", "--only", "tenant", python: Judges.path("python3"))
    }

    /// People sign in; PyJWT and msal judge what the tenant says of them.
    @Test func signIn() async throws {
        try await judge("signin", "--tls", "--only", "tenant", python: Judges.path("python3"))
    }

    /// The rules hold over TLS as they do without.
    @Test func tenantOverTLS() async throws { try await judge("tenant", "--tls", "--only", "tenant") }

    @Test func digicertOrders() async throws { try await judge("digicert_orders") }

    @Test func digicertFieldRules() async throws { try await judge("digicert_rules", "--unlimited") }

    @Test func digicertValidationAndApproval() async throws {
        try await judge("digicert_waiting", "--email-validation")
    }

    @Test func digicertLists() async throws { try await judge("digicert_lists", "--unlimited") }

    @Test func digicertRequestLimits() async throws { try await judge("digicert_limits") }

    @Test func everyCA() async throws { try await judge("every_ca") }

    @Test func digicertLies() async throws {
        try await judge("digicert_lies", "--unlimited", "--only", "digicert-certcentral")
    }

    @Test func sectigoOrders() async throws { try await judge("sectigo_orders", "--only", "sectigo-scm") }

    @Test func sectigoRules() async throws { try await judge("sectigo_rules", "--only", "sectigo-scm") }

    @Test func lies() async throws { try await judge("lies", "--only", "sectigo-scm") }

    @Test(arguments: ["1", "2"]) func sectigoHostileEndsWell(seed: String) async throws {
        try await judge("sectigo_hostile", "--hostile", "--seed", seed, "--only", "sectigo-scm")
    }

    @Test func unusualPeople() async throws { try await judge("unusual", "--unusual", "--users", "3") }

    @Test func faultsOnOrder() async throws { try await judge("faults") }

    @Test func misleadingAnswersOnOrder() async throws { try await judge("misleading", "--unlimited") }

    @Test(arguments: ["1", "2"]) func hostileEndsWell(seed: String) async throws {
        try await judge("hostile", "--hostile", "--seed", seed, "--users", "40", "--unlimited")
    }

    @Test func manyPeople() async throws { try await judge("many", "--users", "100000", "--only", "tenant") }

    @Test func endsWithItsParentAndOnSignals() async throws {
        #expect(try await SandboxProcess(["--only", "tenant"]).stop() == 0)
        #expect(try await SandboxProcess(["--only", "digicert-certcentral"]).signal(SIGTERM) == 0)
        #expect(try await SandboxProcess([]).signal(SIGINT) == 0)
    }

    @Test func sameSeedSamePeopleSameFailures() async throws {
        let first = try await replay(seed: "11")
        #expect(!first.isEmpty)
        #expect(try await replay(seed: "11") == first)
        #expect(try await replay(seed: "12") != first)
    }

    /// The outcome of each request of a fixed series, without what is new in every run.
    private func replay(seed: String) async throws -> String {
        let sandbox = try await SandboxProcess(["--hostile", "--seed", seed])
        let script = testFolder.appendingPathComponent("Judges/replay.py").path
        return try await Tool.run(["/usr/bin/python3", "-B", script], environment: ["CERTWAY_SANDBOX": sandbox.ready])
    }

    @Test func refusesUnknownParts() async throws {
        let program = SandboxProcess.program
        #expect(try await Run.program(program, ["serve", "--only", "sectigo"]).status == 2)
        #expect(try await Run.program(program, ["serve", "--help"]).output.contains("--hostile"))
    }
}
