// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// A run of the conformance kit that a person ends leaves no certificate behind, and is not green.
@Suite(.timeLimit(.minutes(10))) struct InterruptedConformanceTests {
    @Test(arguments: [SIGINT, SIGTERM])
    func whatWasOrderedIsRevoked(signal: Int32) async throws {
        let connector = "digicert-certcentral"
        let sandbox = try await SandboxProcess(["--users", "1", "--only", "tenant", "--only", connector])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        // The gateway's own certificate is none of the run's.
        try await gateway.finish()
        let before = try await sandbox.orders(connector).count
        let run = try await gateway.start([
            "ca", "conformance", "ca", "--orders", "300", "--domain", "sandbox.example", "--patience", "20", "--output",
            "json",
        ])
        for _ in 0..<600 where try await sandbox.orders(connector).count < before + 3 {
            try await Task.sleep(for: .milliseconds(100))
        }
        let log = try gateway.serviceLog()
        try #require(try await sandbox.orders(connector).count >= before + 3, "\(log)")
        run.signal(signal)
        let status = await run.end().status
        let said = try gateway.serviceLog()
        #expect(status == 1 && said.contains("what was ordered is revoked or withdrawn"), "\(status) \(said)")
        let report = try JSONValue(parsing: String(contentsOfFile: gateway.folder.path("service.out"), encoding: .utf8))
        #expect(report["green"] == false)
        let checks = report["checks"]?.array ?? []
        let stopped = checks.filter { $0["reason"]?.string == "the run was stopped" }
        #expect(!stopped.isEmpty && stopped.allSatisfy { $0["verdict"] == "skipped" }, "\(report.text)")
        let certificates = try await sandbox.orders(connector).dropFirst(before).flatMap {
            $0["certificates"]?.array ?? []
        }
        let valid = certificates.filter { $0["revoked"] != true }
        #expect(!certificates.isEmpty && valid.isEmpty, "\(valid.count) of \(certificates.count) stay valid: \(said)")
    }
}
