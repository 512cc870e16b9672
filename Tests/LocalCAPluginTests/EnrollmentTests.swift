// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import TestSupport
import Testing

@testable import LocalCAPlugin

@Suite struct EnrollmentTests {
    static let products: [(String, CertificatePurpose, KeyType, KeyUsage)] = [
        ("smime", .smime, .rsa2048, [.digitalSignature, .keyEncipherment]),
        ("smime", .smime, .p256, [.digitalSignature, .keyAgreement]),
        ("smime-encryption", .smimeEncryption, .rsa2048, .keyEncipherment),
        ("smime-signing", .smimeSigning, .p384, .digitalSignature),
        ("client-authentication", .clientAuthentication, .p256, .digitalSignature),
    ]

    @Test(arguments: products)
    func certificatesAreWhatWasAskedFor(
        _ product: String, _ purpose: CertificatePurpose, _ keyType: KeyType, _ usage: KeyUsage
    ) async throws {
        let fixture = try LocalCAFixture(
            crlURL: "http://pki.sandbox.example/issuing.crl", issuerURL: "http://pki.sandbox.example/issuing.cer")
        let connector = try fixture.makeConnector()
        let names = RequestedNames(
            commonName: "Ada Łovelace", givenName: "Ada", surname: "Łovelace", organization: "Example", country: "DE",
            emails: ["ada@sandbox.example", "a.l@sandbox.example"], userPrincipalName: "ada@sandbox.example",
            securityIdentifier: "S-1-5-21-1-2-3-4")
        let request = try LocalCAFixture.request(
            "order-1", product: product, purpose: purpose, keyType: keyType, names: names, days: 90)
        let outcome = try await connector.enroll(request)
        guard case .issued(let issued) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let leaf = issued.certificateChain[0]
        try CertificateChain(issued.certificateChain).verify(
            trustAnchors: [fixture.authorities[1]], at: fixture.clock.now(),
            purpose: purpose == .clientAuthentication ? .clientAuthentication : .emailProtection)
        #expect(try leaf.publicKey == request.csr.publicKey)
        #expect(leaf.emailAddresses == names.emails)
        #expect(leaf.userPrincipalNames == ["ada@sandbox.example"])
        #expect(leaf.securityIdentifier == names.securityIdentifier)
        #expect(issued.certificateChain == [leaf, fixture.authorities[0]])
        #expect(issued.order.caRequestID == leaf.serialNumber.hex)
        #expect(leaf.keyUsage == usage)
        #expect(leaf.subject.description == "CN=Ada Łovelace,GN=Ada,SN=Łovelace,O=Example,C=DE")
        #expect(leaf.crlDistributionPoints == ["http://pki.sandbox.example/issuing.crl"])
        #expect(leaf.notAfter.timeIntervalSince(leaf.notBefore) == 90 * 86_400)
        #expect(try fixture.bytes("certificates/\(leaf.serialNumber.hex).pem") == fixture.bytes("orders/order-1.pem"))
        #expect(leaf.caIssuersURLs == ["http://pki.sandbox.example/issuing.cer"])
        #expect(fixture.authorities[0].crlDistributionPoints == ["http://pki.sandbox.example/root.crl"])
        #expect(fixture.authorities[0].caIssuersURLs == ["http://pki.sandbox.example/root.cer"])
        #expect(try fixture.bytes("issuing.cer") == fixture.authorities[0].der)
        #expect(try fixture.bytes("root.cer") == fixture.authorities[1].der)
    }

    /// A long key signs slowly, so that many find no certificate yet and one of them is first.
    @Test(arguments: [KeyType.p256, .rsa3072]) func oneReferenceOneCertificate(_ keyType: KeyType) async throws {
        let fixture = try LocalCAFixture(keyType: keyType)
        let connectors = try (0..<4).map { _ in try fixture.makeConnector() }
        for round in 0..<5 {
            // Forty calls with keys of their own race through four connectors.
            let requests = try (0..<40).map { _ in try LocalCAFixture.request("order-\(round)") }
            let serials = try await withThrowingTaskGroup(of: SerialNumber?.self) { group in
                for (index, request) in requests.enumerated() {
                    group.addTask { try await connectors[index % 4].enroll(request).chain?.first?.serialNumber }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(serials.count == 1)
            #expect(serials.first != .some(nil))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.file("orders")).count == 5)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.file("certificates")).count == 5)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.file("temporary")) == [])
    }

    @Test func findByReferenceIsExact() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        let request = try LocalCAFixture.request("order-1")
        guard case .absent = try await connector.find(request) else {
            Issue.record("found before it was ordered")
            return
        }
        let issued = try #require(try await connector.enroll(request).chain)
        guard case .found(let outcome) = try await fixture.makeConnector().find(request) else {
            Issue.record("not found")
            return
        }
        #expect(outcome.chain == issued)
        guard case .absent = try await connector.find(LocalCAFixture.request("order-10")) else {
            Issue.record("found another's")
            return
        }
        #expect(connector.absenceIsSureAfter == .zero)
    }

    @Test func aKillBetweenTheTwoNamesIsMended() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        let request = try LocalCAFixture.request("order-1")
        let leaf = try #require(try await connector.enroll(request).chain?.first)
        try FileManager.default.removeItem(atPath: fixture.file("certificates/\(leaf.serialNumber.hex).pem"))
        #expect(try await connector.enroll(request).chain?.first == leaf)
        #expect(try fixture.bytes("certificates/\(leaf.serialNumber.hex).pem") == fixture.bytes("orders/order-1.pem"))
    }

    @Test func leftoversAreSwept() throws {
        let fixture = try LocalCAFixture()
        for name in ["old", "young"] { try Data().write(to: URL(fileURLWithPath: fixture.file("temporary/\(name)"))) }
        try FileManager.default.setAttributes(
            [.modificationDate: Date() - 7200], ofItemAtPath: fixture.file("temporary/old"))
        _ = try fixture.makeConnector()
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.file("temporary")) == ["young"])
    }

    @Test func refusalsAreResultsWithReasons() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        var forged = try LocalCAFixture.request("forged")
        var der = forged.csr.der
        der[der.count - 10] ^= 1
        forged.csr = try CertificateSigningRequest(der: der)
        let cases: [(CertificateRequest, String)] = [
            (forged, "not signed"),
            (try LocalCAFixture.request("x", names: RequestedNames(commonName: "Ada")), "needs a mail address"),
            (try LocalCAFixture.request("x", names: RequestedNames(emails: ["jürgen@sandbox.example"])), "RFC 8398"),
            (try LocalCAFixture.request("../x"), "reference"), (try LocalCAFixture.request(""), "reference"),
            (
                try LocalCAFixture.request(
                    "x", product: "client-authentication", purpose: .clientAuthentication,
                    names: RequestedNames(commonName: "Ada")), "user principal name"
            ),
        ]
        for (request, words) in cases {
            let reason = try await connector.enroll(request).rejection
            #expect(reason?.contains(words) == true, "\(reason ?? "not rejected")")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.file("orders")) == [])
    }

    /// Whoever asks, it is the same: the template or the profile is wrong, and no order ends for it.
    @Test func mistakesOfTheTemplateAreTheOperators() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        let cases: [(CertificateRequest, String)] = [
            (try LocalCAFixture.request("x", product: "tls"), "there is no product tls; there are: smime"),
            (try LocalCAFixture.request("x", purpose: .clientAuthentication), "not for the purpose"),
            (try LocalCAFixture.request("x", days: 100_000), "not offered for 100000 days"),
        ]
        for (request, words) in cases {
            let error = await #expect(throws: ConnectorError.self) {
                try await connector.enroll(request, gate: SubmissionGate { Issue.record("the gate was opened") })
            }
            #expect(error?.kind == .configuration && error?.message.contains(words) == true)
        }
    }

    /// Files that fail once the certificate may be recorded leave it open; the search tells.
    @Test func aFailureWhileRecordingIsInDoubt() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        let request = try LocalCAFixture.request("order-1")
        let error = await #expect(throws: ConnectorError.self) {
            try await connector.enroll(
                request,
                gate: SubmissionGate {
                    // Root could write into it whatever its rights are, so the folder becomes a file.
                    try FileManager.default.removeItem(atPath: fixture.file("orders"))
                    try Data().write(to: URL(fileURLWithPath: fixture.file("orders")))
                })
        }
        #expect(error?.kind == .outcomeUnknown && error?.ifAbsent == .configuration)
    }

    @Test func certificatesEndWithTheirCA() async throws {
        let fixture = try LocalCAFixture()
        fixture.clock.advance(days: 365 * 4.5)
        let connector = try fixture.makeConnector()
        let leaf = try #require(try await connector.enroll(LocalCAFixture.request("order-1", days: 730)).chain?.first)
        #expect(leaf.notAfter == fixture.authorities[0].notAfter)
        #expect(try await connector.check().warnings.contains { $0.contains("certway ca renew") })
        fixture.clock.advance(days: 365)
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await connector.enroll(LocalCAFixture.request("order-2"))
        }
    }

    @Test func renewalIsANewCertificate() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        let first = try #require(try await connector.enroll(LocalCAFixture.request("order-1")).chain?.first)
        let second = try #require(
            try await connector.renew(
                LocalCAFixture.request("order-2"), predecessor: CAOrder(caRequestID: first.serialNumber.hex)
            ).chain?.first)
        #expect(first != second)
    }
}
