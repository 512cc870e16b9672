// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Foundation
import Ledger
import PKIX
import Testing

/// Whether `acceptedRoots` fits is told before anything is ordered.
@Suite(.timeLimit(.minutes(5))) struct AcceptedRootsTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func authority(_ name: String, by root: Certificate, _ key: PrivateKey) throws -> (
        certificate: Certificate, key: PrivateKey
    ) {
        let own = try PrivateKey.generate(.p256)
        let certificate = try CertificateBuilder(
            profile: .issuingAuthority, subject: [("CN", name)], publicKey: own.publicKey, notBefore: Office.start,
            notAfter: Office.end
        ).signed(by: root, key: key)
        return (certificate, own)
    }

    private func foreignRoot() throws -> (certificate: Certificate, key: PrivateKey) {
        let key = try PrivateKey.generate(.p256)
        let root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Foreign Root")], publicKey: key.publicKey,
            notBefore: Office.start, notAfter: Office.end
        ).selfSigned(key: key)
        return (root, key)
    }

    /// Has the CA behind `one` show these certificates.
    private func show(_ certificates: [Certificate], _ office: Office) async throws {
        let pem = certificates.map(\.pem).joined().replacing("\n", with: "\\n")
        try await office.apply(office.yaml(settings: ", issuers: \"\(pem)\""))
    }

    private func check(_ office: Office) async throws -> BackendCACheck {
        await BackendCAAdministration(try await office.gateway(), now: Self.now).check("one")
    }

    private func findings(_ check: BackendCACheck) -> [String] {
        check.roots.map { "\($0.verdict.rawValue): \($0.text)" }
    }

    @Test func whatTheCAShowsMustLeadToAnAcceptedRoot() async throws {
        let office = try await Office()
        let issuing = try authority("Issuing", by: office.root, office.rootKey)
        try await show([issuing.certificate, office.root], office)
        let good = try await check(office)
        #expect(good.isGood)
        #expect(findings(good) == ["ok: the CA's own certificate CN=Issuing leads to an accepted root"])
        // The root alone, and one that is accepted by itself.
        try await show([office.root], office)
        #expect(try await check(office).isGood)
        let (foreign, key) = try foreignRoot()
        let other = try authority("Other", by: foreign, key)
        try await show([foreign, other.certificate], office)
        let bad = try await check(office)
        #expect(!bad.isGood && bad.roots.map(\.verdict) == [.failed])
        #expect(
            bad.roots.first?.text.hasPrefix("the CA's own certificate CN=Other leads to no accepted root: ") == true)
        #expect(bad.roots.first?.text.contains("every order would be held") == true)
        #expect(try await Doctor(office.gateway(), now: Self.now).examine().hasFailed)
        try office.folder.write(other.certificate.pem, to: "root.pem")
        #expect(try await !check(office).isGood, "what is not applied is not believed")
        try await show([foreign, other.certificate], office)
        #expect(try await check(office).isGood)
    }

    /// Of a CA whose certificate comes after one of another root, the lowest counts: each that issues.
    @Test func everyIssuingCAMustFit() async throws {
        let office = try await Office()
        let (foreign, key) = try foreignRoot()
        let (fits, other) = (
            try authority("A", by: office.root, office.rootKey), try authority("B", by: foreign, key)
        )
        try await show([fits.certificate, other.certificate], office)
        #expect(try await check(office).roots.map(\.verdict) == [.failed])
    }

    @Test func aCAThatShowsNothingIsJudgedByWhatCameFromIt() async throws {
        let office = try await Office()
        let unknown = try await check(office)
        #expect(unknown.isGood && unknown.roots.first?.text.contains("cannot be told beforehand") == true)
        let issuing = try authority("Issuing", by: office.root, office.rootKey)
        try await office.issue("ada", by: issuing, at: Self.now)
        #expect(
            try await findings(check(office)) == [
                "ok: the newest certificate that came from it leads to an accepted root"
            ])
        let (foreign, key) = try foreignRoot()
        try await office.issue("bob", by: authority("Other", by: foreign, key), at: Self.now)
        let bad = try await check(office)
        #expect(bad.roots.first?.verdict == .failed)
        #expect(
            bad.roots.first?.text.contains("issued by CN=Other) leads to no accepted root") == true, "\(findings(bad))")
        // What another backend CA issued says nothing.
        let other = await BackendCAAdministration(try await office.gateway(), now: Self.now).check("other")
        #expect(other.roots.first?.text.contains("cannot be told beforehand") == true)
    }

    @Test func aRootThatEndsSoonIsAWarning() async throws {
        let office = try await Office()
        let later = Office.end - 30 * 86_400
        let check = await BackendCAAdministration(try await office.gateway(), now: later).check("one")
        #expect(check.isGood && check.roots.map(\.verdict) == [.ok, .warning])
    }
}
