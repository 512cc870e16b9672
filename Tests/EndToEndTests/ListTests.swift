// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// No list ends early in silence.
@Suite(.timeLimit(.minutes(10))) struct ListTests {
    @Test func aListThatGoesOnSaysSo() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "3", "--only", "tenant", "--only", "digicert-certcentral"]))
        try await gateway.finish()
        for command in [["order", "list"], ["certificate", "list"], ["key", "list"]] {
            let note = "the newest 2; --limit N shows more"
            let part = try await gateway.certway(command + ["--limit", "2"])
            #expect(part.status == 0 && part.output.hasSuffix("\n\n\(note)\n"), "\(command): \(part.output)")
            let json = try await gateway.certway(command + ["--limit", "2", "--output", "json"])
            #expect(try json.json.array?.count == 2, "\(command): \(json.output)")
            #expect(json.errors == "certway: \(note)\n", "\(command): \(json.errors)")
            for limit in [[], ["--limit", "3"]] {
                let whole = try await gateway.certway(command + limit)
                #expect(whole.status == 0 && !whole.output.contains("--limit"), "\(command): \(whole.output)")
                let json = try await gateway.certway(command + limit + ["--output", "json"])
                #expect(try json.json.array?.count == 3 && json.errors.isEmpty, "\(command): \(json.errors)")
            }
            for limit in ["0", "-1", "x", "99999999999999999999"] {
                let refused = try await gateway.certway(command + ["--limit=\(limit)"])
                #expect(
                    refused.status == 2 && refused.errors.contains("--limit: found \"\(limit)\""), "\(refused.errors)")
            }
        }
    }
}
