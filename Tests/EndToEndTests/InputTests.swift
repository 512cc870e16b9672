// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// What administrators give: files by standard input, and changes that are rarely meant.
@Suite(.timeLimit(.minutes(10))) struct InputTests {
    private func certway(_ arguments: [String], input: String) async throws -> Run {
        try await Run.tool(BuiltPrograms.path("certway"), arguments, input: input)
    }

    @Test func aMinusIsStandardInput() async throws {
        let folder = try TemporaryFolder()
        let home = ["--home", folder.path("home")]
        let yaml = "limits: {ordersPerRun: 7}"
        for words in [["-"], ["-f", "-"], ["--file=-"]] {
            let run = try await certway(["apply"] + words + home, input: yaml)
            #expect(run.status == 0, "\(words): \(run.errors)")
        }
        let stored = try await Run.certway(["export"] + home)
        #expect(stored.output.contains("ordersPerRun: 7"))
        let dryRun = try await certway(["apply", "-", "--dry-run"] + home, input: yaml.replacing("7", with: "8"))
        #expect(dryRun.output.contains("limits settings:\n  ordersPerRun: 7 -> 8\n"), "\(dryRun.output)")
        let difference = try await certway(
            ["apply", "-", "--dry-run", "--output", "json"] + home, input: yaml.replacing("7", with: "8")
        ).json[0]?["differences"]
        #expect(difference == [["keyPath": "ordersPerRun", "old": 7, "new": 8]])
        let wrong = try await certway(["apply", "-"] + home, input: "limits:\n  ordersPerRun: many\n")
        #expect(wrong.status == 3 && wrong.errors.contains("standard input:2:"), "\(wrong.errors)")
        let empty = try await certway(["apply", "-"] + home, input: "")
        #expect(empty.status == 3 && empty.errors.contains("standard input is empty"), "\(empty.errors)")
        let several = try await certway(["apply", "-", "-f", "x.yaml"] + home, input: yaml)
        #expect(several.status == 2 && several.errors.contains("one FILE is expected"), "\(several.errors)")
        for name in ["digicert-certcentral", "adcs", "local-ca"] {
            let profile = try String(
                contentsOfFile: BuiltPrograms.repository + "/connectors.d/\(name).yaml", encoding: .utf8)
            let sound = try await certway(["connector", "validate", "-"], input: profile)
            #expect(sound.status == 0 && sound.output == "standard input: no problems\n", "\(sound.errors)")
            let unsound = try await certway(["connector", "validate", "-"], input: profile + "\nnonsense: 1\n")
            #expect(unsound.status == 3 && unsound.output.contains("standard input:"), "\(unsound.output)")
        }
    }

    /// What is delivered has no mistake that shows without a CA.
    @Test func everyDeliveredProfileStandsItsTrial() async throws {
        let folder = BuiltPrograms.repository + "/connectors.d"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
            .sorted()
        try #require(files.count > 5)
        let run = try await Run.certway(["connector", "validate", "--try"] + files.map { "\(folder)/\($0)" })
        #expect(run.status == 0, "\(run.output)")
        #expect(
            run.output.split(separator: "\n").count == files.count && run.errors.isEmpty, "\(run.output)\(run.errors)")
    }

    /// A line lost from a file is told before a key is needed.
    @Test func archivingThatEndsIsAWarning() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"]))
        let yaml = try String(contentsOfFile: gateway.configuration, encoding: .utf8)
        let without = yaml.replacing("    keyRecoveryAgents: [agent]\n", with: "")
        try #require(without != yaml)
        try gateway.folder.write(without, to: "certway.yaml")
        let warning = "certway: warning: template smime: its keys are archived no more"
        for options in [["--dry-run"], ["--dry-run", "--output", "json"], []] {
            let run = try await gateway.certway(["apply", "-f", gateway.configuration] + options)
            #expect(run.status == 0 && run.errors.contains(warning), "\(run.errors)")
        }
        let again = try await gateway.certway(["apply", "-f", gateway.configuration])
        #expect(again.status == 0 && !again.errors.contains("archived"), "\(again.errors)")
        // What is decided when a certificate is ordered does not come to those that are in use.
        let other = yaml.replacing("- name: smime\n", with: "- name: smime\n    purpose: smimeEncryption\n")
        try gateway.folder.write(other, to: "certway.yaml")
        let later = try await gateway.certway(["apply", "-f", gateway.configuration, "--dry-run"])
        #expect(later.errors.contains("template smime: its keys are archived from now on"), "\(later.errors)")
        #expect(later.errors.contains("its purpose is smimeEncryption from now on; certificates in use are for smime "))
    }

    /// What only reads the ledger needs neither profile nor module, however broken they are.
    @Test func theLedgerNeedsNoConnector() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"]))
        try await gateway.finish()
        let folder = gateway.folder
        for name in ["broken", "modules"] {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
        try folder.write("connector: digicert-certcentral\nmodule: [\n", to: "broken/digicert-certcentral.yaml")
        try folder.write("no library", to: "modules/libconnector-rest.so")
        let broken = ["--connectors", folder.path("broken"), "--modules", folder.path("modules")]
        let order = try #require(
            try await gateway.certway(["order", "list", "--output", "json"]).json[0]?["reference"]?.string)
        let serial = try #require(
            try await gateway.certway(["certificate", "list", "--output", "json"]).json[0]?["serialNumber"]?.string)
        for command in [
            ["order", "list"], ["order", "show", order], ["certificate", "list"], ["certificate", "show", serial],
            ["key", "list"], ["key", "show", serial], ["key", "attempts"], ["people", "list"], ["why", serial],
            ["template", "list"], ["template", "show", "smime"], ["export"],
        ] {
            let run = try await gateway.certway(command + broken)
            #expect(run.status == 0 && run.errors.isEmpty, "\(command): \(run.errors)")
        }
        // They are broken.
        let check = try await gateway.certway(["ca", "check"] + broken)
        #expect(check.status != 0, "\(check.output)")
    }
}
