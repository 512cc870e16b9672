// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX
import TestSupport
import Testing
import YAMLDocuments

@testable import Rules

/// Certificates made by others for these rules, with what each breaks (Fixtures/smime-rules/README.md).
@Suite struct VectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let file: String
        let kind: String
        let date: Date
        let issuer: String
        let findings: [String]
        var testDescription: String { file }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().path + "/Fixtures/smime-rules/"

    static let vectors: [Vector] = {
        let text = (try? String(contentsOfFile: folder + "expectations.json", encoding: .utf8)) ?? "[]"
        return ((try? JSONValue(parsing: text))?.array ?? []).map { vector in
            Vector(
                file: vector["file"]?.string ?? "", kind: vector["type"]?.string ?? "",
                date: CalendarDay.date(vector["date"]?.string ?? "") ?? .distantPast,
                issuer: vector["issuer"]?.string ?? "",
                findings: vector["findings"]?.array?.compactMap(\.string) ?? [])
        }
    }()

    @Test func noVectorIsMissing() { #expect(Self.vectors.count == 10) }

    @Test(arguments: vectors) func findsWhatIsExpected(_ vector: Vector) throws {
        let book = try ShippedRules.book()
        let certificate = try Certificate(pem: String(contentsOfFile: Self.folder + vector.file, encoding: .utf8))
        let issuer = try Certificate(pem: String(contentsOfFile: Self.folder + vector.issuer, encoding: .utf8))
        let smime = try #require(PublicSMIMEKind(text: vector.kind))
        let kind = RuleSubject.Kind(smime.subject, smime.generation)
        #expect(RuleSubject.Kind(certificate) == kind)
        var order = OrderFacts(purpose: .smime, keyType: .rsa2048, product: nil)
        order.kind = kind
        let facts = CertificateFacts(certificate, issuer: issuer, order: order, now: vector.date)
        let found = book.findings(facts.json, about: RuleSubject(kind: kind), .certificate, at: vector.date)
        // Notices are left out, as the expectations do.
        let said = RulePolicy().apply(found)
        #expect(Set(said.map(\.rule)).sorted() == vector.findings.sorted(), "\(said.map(\.sentence))")
    }
}
