// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import TestSupport
import Testing

@testable import Rules

/// pkilint and our rules on the same certificates: where they differ is told one by one (docs/judges.md).
@Suite(.timeLimit(.minutes(5))) struct JudgeTests {
    /// What pkilint finds and our rules do not, or not so, by file.
    private static let beyondUs: [String: [String]] = [
        // Greece is EL in VAT numbers (S/MIME BR 7.1.4.2.2 d).
        "07-vat-greece.pem": ["cabf.smime.org_identifier_and_country_name_attribute_inconsistent"],
        // P-521 is allowed (S/MIME BR 6.1.5).
        "09-utf8-only-p521.pem": ["cabf.smime.prohibited_spki_algorithm_encoding"],
        // Said of the same key usage and the same URIs once more, and of the host of a SID.
        "10-crl-uri-ku-validity.pem": [
            "cabf.internal_domain_name", "pkix.invalid_uri_syntax", "pkix.key_usage_extension_not_critical",
            "pkix.key_usage_value_prohibited_for_rsa",
        ],
    ]
    /// Rules that pkilint has not.
    private static let beyondPkilint: Set = [
        "smbr-7.1.4.2.2c-ou", "smbr-7.1.2.3f-eku-2027", "smbr-7.1.4.2.1-othername-stated", "smbr-smc017-issuer-3072",
        "apple-2.3-rfc822",
    ]

    @Test(arguments: VectorTests.vectors) func agreesWhereItIsNotExplained(_ vector: VectorTests.Vector) async throws {
        let path = VectorTests.folder + vector.file
        let judged = try await Linter.findings(
            "lint_cabf_smime_cert", ["-t", vector.kind.uppercased().replacing("SPONSOR", with: "SPONSORED"), path])
        let expected = try expectation(vector.file)
        // That LDAP addresses are not looked at is a notice of pkilint's about itself.
        #expect(
            judged == expected.filter { $0 != "pkix.ldap_uri_not_validated" }.sorted(),
            "pkilint says other things than it did")
        let book = try ShippedRules.book()
        let codes = vector.findings.map { rule in (rule, Set(book.rule(rule)?.pkilint ?? [])) }
        for (rule, known) in codes where !Self.beyondPkilint.contains(rule) {
            #expect(!known.isDisjoint(with: judged), "\(rule): ours alone")
        }
        let ours = codes.reduce(into: Set<String>()) { $0.formUnion($1.1) }
        #expect(
            Set(judged).subtracting(ours).sorted() == (Self.beyondUs[vector.file] ?? []).sorted(), "pkilint's alone")
    }

    private func expectation(_ file: String) throws -> [String] {
        let text = try String(contentsOfFile: VectorTests.folder + "expectations.json", encoding: .utf8)
        let all = try JSONValue(parsing: text).array ?? []
        return all.first { $0["file"]?.string == file }?["pkilint"]?.array?.compactMap(\.string) ?? []
    }
}
