// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Ledger
import PKIX
import Settings
import Testing

@testable import Gateway

/// A CA that issues by another CA certificate than before.
@Suite(.timeLimit(.minutes(5))) struct ChainWatchTests {
    private let office: Office

    init() async throws { office = try await Office() }

    private func authority(_ name: String) throws -> Certificate {
        try CertificateBuilder(
            profile: .issuingAuthority, subject: [("CN", name)], publicKey: PrivateKey.generate(.p256).publicKey,
            notBefore: Office.start, notAfter: Office.end
        ).signed(by: office.root, key: office.rootKey)
    }

    private func look(_ certificates: Certificate...) async throws -> [String] {
        try await ChainWatch(office.ledger).look(at: certificates, of: "one", seenIn: "a test").map(\.subject)
    }

    private func administration() async throws -> ChainAdministration {
        ChainAdministration(try await office.gateway(), caller: .commandLine("eve"))
    }

    @Test func theFirstNeedsNoWordAndTheNextDoes() async throws {
        let (first, second) = (try authority("First"), try authority("Second"))
        #expect(try await look(first, office.root).isEmpty, "nothing to differ from")
        #expect(try await look(first).isEmpty)
        for _ in 0..<2 { #expect(try await look(first, second) == ["CN=Second"], "until somebody confirms it") }
        let sentences = try await office.gateway().unconfirmedIssuers()
        #expect(sentences.count == 1 && sentences[0].contains("certway ca chain confirm one "), "\(sentences)")
        #expect(!sentences.joined().contains("acceptedRoots"), "\(sentences)")
        #expect(try await administration().list(nil).map(\.issuer.subject) == ["CN=First", "CN=Root", "CN=Second"])

        let beginning = String(second.sha256Fingerprint.prefix(16))
        let would = try await administration().confirm("one", [beginning], isDryRun: true)
        #expect(would.map(\.subject) == ["CN=Second"] && would[0].confirmedAt == nil)
        #expect(try await administration().confirm("one", [beginning]).map(\.confirmedBy) == ["eve"])
        let records = try await office.ledger.audit.records(after: 0, limit: 100).filter { $0.objectKind == "issuer" }
        #expect(
            records.map(\.action) == ["notice.issuer", "confirm.issuer"] && records.map(\.actor) == ["one", "eve"])
        #expect(records.allSatisfy { $0.objectID == second.sha256Fingerprint })
        #expect(try await look(second).isEmpty)
        #expect(try await office.gateway().unconfirmedIssuers().isEmpty)
        #expect(try await administration().confirm("one", nil).isEmpty)
    }

    /// An older version has issued by it for a year.
    @Test func whatWasInUseBeforeIsConfirmed() async throws {
        let now = office.ledger.clock.now()
        let key = try PrivateKey.generate(.p256)
        let former = try CertificateBuilder(
            profile: .issuingAuthority, subject: [("CN", "Former")], publicKey: key.publicKey,
            notBefore: Office.start, notAfter: Office.end
        ).signed(by: office.root, key: office.rootKey)
        try await office.issue("ada", by: (former, key), at: now, .active)
        #expect(try await look(try authority("Second")) == ["CN=Second"])
        #expect(try await look(former).isEmpty)
    }

    /// Every certificate below it would be held, so that comes first.
    @Test func aRootThatIsNotAcceptedIsToBePutThere() async throws {
        _ = try await look(try authority("First"), office.root)
        let key = try PrivateKey.generate(.p256)
        let root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Other Root")], publicKey: key.publicKey, notBefore: Office.start,
            notAfter: Office.end
        ).selfSigned(key: key)
        #expect(try await office.gateway().lookAtChain([office.root], of: "one").isEmpty)
        let sentences = try await office.gateway().lookAtChain([root], of: "one")
        #expect(sentences.count == 1 && sentences[0].contains("put it into acceptedRoots"), "\(sentences)")
        let entry = try await administration().list("one").last
        #expect(entry?.steps.count == 4 && entry?.steps.first?.contains("acceptedRoots") == true)
        _ = try await administration().confirm("one", nil)
        #expect(try await administration().list("one").allSatisfy(\.steps.isEmpty))
    }

    /// Certificates come without their root; that the CA names it afterwards is no news.
    @Test func anAcceptedRootIsNoNews() async throws {
        let first = try authority("First")
        _ = try await look(first)
        #expect(try await office.gateway().lookAtChain([first, office.root], of: "one").isEmpty)
        #expect(try await office.gateway().unconfirmedIssuers().isEmpty)
    }

    @Test func wordsThatMeanNoneAreRefused() async throws {
        _ = try await look(try authority("First"))
        for word in ["abcd", "0000000000"] {
            await #expect(throws: SettingsError.self) { try await administration().confirm("one", [word]) }
        }
        await #expect(throws: SettingsError.self) { try await administration().list("nobody") }
    }
}
