// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Testing

/// NIST PKITS judges the path validator. Each test gets all certificates and lists of the suite, as from a directory.
@Suite(.timeLimit(.minutes(5))) struct PKITSTests {
    @Test func everyVerdictIsThatOfTheDescriptionOrADivergenceWithItsReason() throws {
        let tests = try PKITS.read()
        let files = try PKITS.files("certs")
        let pool = files.sorted { $0.key < $1.key }.compactMap { try? Certificate(der: $0.value) }
        let lists = try PKITS.files("crls").sorted { $0.key < $1.key }
            .compactMap { try? CertificateRevocationList(der: $0.value) }
        let anchor = try Certificate(der: #require(files["TrustAnchorRootCertificate"]))
        for test in tests {
            let der = try #require(files[test.certificate + "EE"], "\(test)")
            var policy = test.policy(anchor, lists)
            policy.budget.steps = 20_000
            let reason: String?
            do {
                try PathValidator(policy).path(for: Certificate(der: der), among: pool)
                reason = nil
            } catch let error as PKIXError {
                #expect(error.code != .tooCostly && error.code != .library, "\(test): \(error)")
                reason = error.message
            }
            #expect(
                (reason == nil) == (test.valid == (test.divergence == nil)),
                "\(test) expected \(test.valid ? "valid" : "invalid"), found \(reason ?? "valid")")
        }
        #expect(tests.allSatisfy { $0.divergence.map { $0.count > 20 } ?? true })
    }

    /// Neither a test nor a certificate of the suite is left out.
    @Test func theSuiteIsComplete() throws {
        let tests = try PKITS.read()
        #expect(Set(tests.map(\.id)).count == tests.count)
        let leaves = try PKITS.files("certs").keys.filter { $0.hasSuffix("EE") }.map { String($0.dropLast(2)) }
        #expect(leaves.count == 223)
        #expect(Set(tests.map(\.certificate)) == Set(leaves))
    }

    /// What the documentation says of divergences is what the suite shows.
    @Test func eachDivergenceIsInTheDocumentation() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/divergences.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        for test in try PKITS.read() where test.divergence != nil {
            #expect(text.contains("\(test.id) "), "\(test)")
        }
    }
}
