// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// A CA changes its issuing certificate, through the built programs.
@Suite(.timeLimit(.minutes(10))) struct NewIssuerTests {
    @Test(arguments: ["report", "hold"]) func aNewIssuingCertificateIsSaidUntilSomebodyConfirmsIt(_ policy: String)
        async throws
    {
        let sandbox = try await SandboxProcess(["--users", "1"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox) {
            $0.replacing(/"name": ?"ca"/, with: "\"name\":\"ca\",\"newIssuer\":\"\(policy)\"")
        }
        try await gateway.pass { try await gateway.stages("ca") == ["active": 1] }
        #expect(try await gateway.finish(within: 1).json["waiting"]?.array?.isEmpty == true)
        try await sandbox.set("digicert-certcentral", ["rotateIssuer": true])
        try await sandbox.join("Zoe")
        var held: [JSONValue] = []
        try await gateway.pass {
            held = try await gateway.certway(["order", "list", "--held", "--output", "json"]).json.array ?? []
            return try await gateway.stages("ca")["active"] == 2 || !held.isEmpty
        }
        #expect(held.count == (policy == "hold" ? 1 : 0), "\(held)")
        let plan = try await gateway.certway(["plan", "--output", "json"]).json
        let sentence = try #require(plan["waiting"]?.array?.first?.string)
        #expect(sentence.contains("nobody has confirmed") && sentence.contains("certway ca chain confirm ca "))
        #expect(try await gateway.certway(["doctor"]).output.contains("nobody has confirmed"))

        let listed = try await gateway.certway(["ca", "chain", "list", "--output", "json"]).json.array ?? []
        let new = try #require(listed.first { $0["confirmedAt"]?.isNull == true }?["sha256Fingerprint"]?.string)
        #expect(listed.count >= 2, "\(listed)")
        let confirmed = try await gateway.certway(["ca", "chain", "confirm", "ca", String(new.prefix(12))])
        #expect(confirmed.status == 0, "\(confirmed.errors)")
        _ = try await gateway.certway(["order", "retry", "--held", "--backend-ca", "ca"])
        try await gateway.pass { try await gateway.stages("ca") == ["active": 2] }
        #expect(try await gateway.stages("ca") == ["active": 2])
        #expect(try await sandbox.orders("digicert-certcentral").count == 2)
        #expect(try await gateway.finish(within: 1).json["waiting"]?.array?.isEmpty == true)
    }

    /// Where the CA says by what it issues, nobody has a certificate by it before it is said.
    @Test func itIsSaidBeforeTheFirstPersonHasOne() async throws {
        let sandbox = try await SandboxProcess(["--users", "1", "--only", "tenant", "--only", "ejbca"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox, connector: "ejbca")
        try await gateway.pass { try await gateway.stages("ca") == ["active": 1] }
        func said() async throws -> [String] {
            try await gateway.certway(["ca", "check", "--output", "json"]).json[0]?["newIssuers"]?.array?
                .compactMap(\.string) ?? ["no answer"]
        }
        #expect(try await said() == [])
        try await sandbox.set("ejbca", ["rotateIssuer": true])
        let sentences = try await said()
        #expect(sentences.count == 1 && sentences[0].contains("what the CA says of itself"), "\(sentences)")
        #expect(try await gateway.certway(["plan", "--output", "json"]).json["waiting"]?[0]?.string == sentences.first)
        #expect(try await gateway.stages("ca") == ["active": 1])
    }
}
