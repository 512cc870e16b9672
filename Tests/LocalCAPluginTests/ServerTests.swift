// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Testing

@testable import LocalCAPlugin

/// Certificates of servers, of a CA that was made for them.
@Suite struct ServerTests {
    private func request() throws -> CertificateRequest {
        try LocalCAFixture.request(
            "cw-server", product: "server", purpose: .serverAuthentication,
            names: RequestedNames(commonName: "www.example.org", hosts: ["www.example.org", "example.org"]))
    }

    @Test func aCAThatWasMadeForServersCertifiesThemAlone() async throws {
        let fixture = try LocalCAFixture(purposes: [.serverAuthentication])
        #expect(fixture.authorities[0].extendedKeyUsage == [.serverAuthentication])
        let connector = try fixture.makeConnector()
        let outcome = try await connector.enroll(try request(), gate: SubmissionGate {})
        let leaf = try #require(outcome.chain?.first)
        #expect(leaf.extendedKeyUsage == [.serverAuthentication])
        #expect(leaf.subjectAlternativeNames == [.dNSName("www.example.org"), .dNSName("example.org")])
    }

    @Test func oneThatWasNotMadeForThemSaysSo() async throws {
        let fixture = try LocalCAFixture()
        let connector = try fixture.makeConnector()
        let error = await #expect(throws: ConnectorError.self) {
            _ = try await connector.enroll(try request(), gate: SubmissionGate {})
        }
        #expect(error?.kind == .configuration)
        let message = try #require(error?.message)
        #expect(message.contains("--for serverAuthentication"), "\(message) (of \(fixture.path))")
    }
}
