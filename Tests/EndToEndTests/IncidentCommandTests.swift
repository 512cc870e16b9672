// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// What a person types in an incident, and what is answered.
@Suite(.timeLimit(.minutes(10))) struct IncidentCommandTests {
    private func gateway() async throws -> GatewayUnderTest {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "4", "--only", "tenant", "--only", "digicert-certcentral"]))
        try await gateway.finish()
        return gateway
    }

    private static let start = [
        "incident", "start", "leak", "--backend-ca", "ca", "--deadline", "24h", "--reason", "keyCompromise",
        "--because",
        "weak keys",
    ]

    @Test func nothingBeginsWithoutItsNumber() async throws {
        let gateway = try await gateway()
        let dry = try await gateway.certway(Self.start + ["--dry-run"])
        #expect(
            dry.status == 0 && dry.output.contains("4 certificates of 4 people, 4 successors to order"), "\(dry.output)"
        )
        #expect(dry.output.contains("takes each of these from the devices"), "\(dry.output)")
        #expect(dry.output.contains("in time") && dry.output.contains("nothing was started (--dry-run)"))
        let unseen = try await gateway.certway(Self.start)
        #expect(unseen.status == 4 && unseen.errors.contains("--accept 4"), "\(unseen.errors)")
        let wrong = try await gateway.certway(Self.start + ["--accept", "3"])
        #expect(wrong.status == 4, "another number than was seen")
        #expect(try await gateway.certway(["incident", "list", "--output", "json"]).json == [])
        let late = try await gateway.certway(
            ["incident", "start", "leak", "ada@nowhere.example", "--deadline", "2020-01-01", "--because", "x"])
        #expect(late.status == 2 && late.errors.contains("over already"))
        let unknown = try await gateway.certway(Self.start + ["--to-backend-ca", "cb", "--dry-run"])
        #expect(unknown.status == 2 && unknown.errors.contains("no backend CA \"cb\""), "\(unknown.errors)")
    }

    @Test func fromTheCanaryToTheReport() async throws {
        let gateway = try await gateway()
        let limits = try await gateway.certway(Self.start + ["--canary", "1", "--accept", "4", "--output", "json"])
        #expect(limits.status == 0, "\(limits.errors)")
        #expect(try limits.json["started"] == true)
        let again = try await gateway.certway(Self.start + ["--accept", "4"])
        #expect(again.status == 1 && again.errors.contains("there is an incident leak already"), "\(again.errors)")
        for _ in 0..<2 { try await gateway.finish(within: 5) }
        let paused = try await gateway.certway(["run", "--once"])
        #expect(paused.status == 4 && paused.errors.contains("the canary, 1 person, is delivered"), "\(paused.errors)")
        func show() async throws -> JSONValue {
            try await gateway.certway(["incident", "show", "leak", "--output", "json"]).json
        }
        #expect(try await show()["counts"]?["waiting"] == 3)
        #expect(try await gateway.certway(["incident", "resume", "leak"]).status == 0)
        for _ in 0..<6 {
            try await gateway.finish(within: 5)
            if try await show()["incident"]?["state"] == "done" { break }
        }
        let done = try await show()
        #expect(done["incident"]?["state"] == "done" && done["revoked"] == 4, "\(done.text)")
        let kinds = done["events"]?.array?.compactMap { $0["kind"]?.string }
        #expect(kinds == ["started", "canaryDelivered", "resumed", "done"])
        // As the CA has it.
        let orders = try await gateway.sandbox.orders("digicert-certcentral")
        let certificates = orders.flatMap { $0["certificates"]?.array ?? [] }
        #expect(certificates.count == 8 && certificates.count { $0["revoked"] == true } == 4)
        let report = try await gateway.certway(["incident", "report", "leak"])
        #expect(report.output.contains("Not revoked yet: 0; the deadline has not passed"), "\(report.output)")
        let csv = try await gateway.certway(["incident", "report", "leak", "--output", "csv"]).output
        #expect(csv.split(whereSeparator: \.isNewline).count == 5 && csv.contains("successorSerialNumber"), "\(csv)")
        let json = try await gateway.certway(["incident", "report", "leak", "--output", "json"]).json
        #expect(json["certificatesInDetail"]?.array?.allSatisfy { $0["revokedAt"]?.string != nil } == true)
        let over = try await gateway.certway(["incident", "pause", "leak"])
        #expect(over.status == 1 && over.errors.contains("incident leak is done"), "\(over.errors)")
    }

    /// A rehearsal on this machine, with another CA and kills.
    @Test func aDrill() async throws {
        let run = try await Run.certway(
            ["incident", "drill", "--people", "4", "--switch-ca", "--kills", "1", "--output", "json"], timeLimit: 500)
        #expect(run.status == 0, "\(run.errors) \(run.output)")
        #expect(try run.json["violations"] == [] && run.json["withoutCertificate"] == 0)
    }
}
