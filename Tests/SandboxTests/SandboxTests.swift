// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The sandbox program, judged by clients that were written from the wire sheets in another language.
@Suite struct SandboxTests {
    @Test func tenant() throws { try judge("tenant") }

    @Test func intune() throws { try judge("intune") }

    @Test func digicertOrders() throws { try judge("digicert_orders") }

    @Test func digicertFieldRules() throws { try judge("digicert_rules", "--unlimited") }

    @Test func digicertValidationAndApproval() throws { try judge("digicert_waiting", "--email-validation") }

    @Test func digicertLists() throws { try judge("digicert_lists", "--unlimited") }

    @Test func digicertRequestLimits() throws { try judge("digicert_limits") }

    @Test func everyCA() throws { try judge("every_ca") }

    @Test func digicertLies() throws { try judge("digicert_lies", "--unlimited", "--only", "digicert-certcentral") }

    @Test func sectigoOrders() throws { try judge("sectigo_orders", "--only", "sectigo-scm") }

    @Test func sectigoRules() throws { try judge("sectigo_rules", "--only", "sectigo-scm") }

    @Test func lies() throws { try judge("lies", "--only", "sectigo-scm") }

    @Test(arguments: ["1", "2"]) func sectigoHostileEndsWell(seed: String) throws {
        try judge("sectigo_hostile", "--hostile", "--seed", seed, "--only", "sectigo-scm")
    }

    @Test func unusualPeople() throws { try judge("unusual", "--unusual", "--users", "3") }

    @Test func faultsOnOrder() throws { try judge("faults") }

    @Test func misleadingAnswersOnOrder() throws { try judge("misleading", "--unlimited") }

    @Test(arguments: ["1", "2"]) func hostileEndsWell(seed: String) throws {
        try judge("hostile", "--hostile", "--seed", seed, "--users", "40", "--unlimited")
    }

    @Test func manyPeople() throws { try judge("many", "--users", "100000", "--only", "tenant") }

    @Test func endsWithItsParentAndOnSignals() throws {
        #expect(try SandboxProcess(["--only", "tenant"]).stop() == 0)
        #expect(try SandboxProcess(["--only", "digicert-certcentral"]).signal(SIGTERM) == 0)
        #expect(try SandboxProcess([]).signal(SIGINT) == 0)
    }

    @Test func sameSeedSamePeopleSameFailures() throws {
        let first = try replay(seed: "11")
        #expect(!first.isEmpty)
        #expect(try replay(seed: "11") == first)
        #expect(try replay(seed: "12") != first)
    }

    /// The outcome of each request of a fixed series, without what is new in every run.
    private func replay(seed: String) throws -> String {
        let sandbox = try SandboxProcess(["--hostile", "--seed", seed])
        defer { _ = try? sandbox.stop() }
        let script = testFolder.appendingPathComponent("Judges/replay.py").path
        return try shell("env", "CERTWAY_SANDBOX=\(sandbox.ready)", "/usr/bin/python3", "-B", script).output
    }

    @Test func refusesUnknownParts() throws {
        let program = SandboxProcess.program.path
        #expect(try shell(program, "serve", "--only", "sectigo").status == 2)
        #expect(try shell(program, "serve", "--help").output.contains("--hostile"))
    }
}
