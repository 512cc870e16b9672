// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// A gateway that comes to a tenant where everybody has certificates already: another gateway stands for the former product.
@Suite(.timeLimit(.minutes(15))) struct AdoptTests {
    /// An order of the former product that is open at the CA becomes a paid certificate one day.
    @Test func anOpenOrderOfTheFormerProductIsNamed() async throws {
        let sandbox = try await SandboxProcess(["--users", "2", "--only", "tenant", "--only", "digicert-certcentral"])
        try await sandbox.set("digicert-certcentral", ["manualApproval": true])
        let former = try await GatewayUnderTest(sandbox: sandbox)
        _ = try await former.certway(["run", "--once", "--wait", "5"])
        try #require(try await sandbox.orders("digicert-certcentral").count == 2)
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        let looked = try await gateway.certway(["adopt", "--backend-ca", "ca", "--dry-run"])
        #expect(looked.status == 4, "\(looked.output)\(looked.errors)")
        #expect(
            looked.errors.components(separatedBy: "is open there and was not made here").count == 3, "\(looked.errors)")
    }

    @Test(arguments: [true, false])
    func nobodyGetsASecondCertificate(byList: Bool) async throws {
        let sandbox = try await SandboxProcess(["--users", "4", "--only", "tenant", "--only", "digicert-certcentral"])
        let former = try await GatewayUnderTest(sandbox: sandbox)
        try await former.finish()
        let had = try await former.certway(["certificate", "list", "--output", "json"]).json.array ?? []
        try #require(had.count == 4)
        // Somebody for whom the former product has done nothing.
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        try await gateway.sandbox.join("newcomer")
        var adopt = ["adopt", "--output", "json"]
        if byList {
            adopt += ["--backend-ca", "ca"]
        } else {
            var pem = ""
            for certificate in had {
                let serial = try #require(certificate["serialNumber"]?.string)
                pem += try await former.certway(["certificate", "show", serial, "--pem"]).output
            }
            adopt += ["--certificates", try gateway.folder.write(pem, to: "export.pem")]
        }
        let looked = try await gateway.certway(adopt + ["--dry-run"])
        try #require(looked.status == 0, "\(looked.errors)")
        let plan = try looked.json
        #expect(plan["dryRun"] == true && plan["adopted"] == 4 && plan["left"] == 0, "\(looked.output)")
        #expect(plan["toOrder"]?[0]?["before"] == 5 && plan["toOrder"]?[0]?["after"] == 1)
        #expect(try await gateway.certway(["order", "list", "--output", "json"]).json == [])

        let done = try await gateway.certway(adopt)
        try #require(done.status == 0, "\(done.errors)")
        #expect(try done.json["adopted"] == 4, "\(done.output)")
        // Once more: what is in the ledger is not found a second time.
        #expect(try await gateway.certway(adopt).json["found"] == 0)

        try await gateway.finish()
        let now = try await gateway.certway(["certificate", "list", "--output", "json"]).json.array ?? []
        #expect(now.count == 5, "\(now)")
        let serials = Set(now.compactMap { $0["serialNumber"]?.string })
        let before = Set(had.compactMap { $0["serialNumber"]?.string })
        #expect(before.isSubset(of: serials))
        // From here on it is looked after: what the CA is asked to revoke is its order of then.
        let serial = try #require(had[0]["serialNumber"]?.string)
        let revoked = try await gateway.certway([
            "certificate", "revoke", serial, "--reason", "superseded", "--because", "ticket 1",
        ])
        #expect(revoked.status == (byList ? 0 : revoked.status), "\(revoked.errors)")
        // Its key never was here, and whoever asks is told so.
        let again = try await gateway.certway(["key", "export", serial, "--out", gateway.folder.path("key.cms")])
        #expect(again.status != 0)
    }
}
