// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Testing

@testable import CMCPlugin

@Suite struct RevocationTests {
    private let table = "revocationReasons: {unspecified: 0, keyCompromise: 1, superseded: 4, certificateHold: 6}"

    private func revocation(
        _ ca: ScriptedCA, _ reason: RevocationReason = .superseded
    ) throws -> RevocationRequest {
        RevocationRequest(
            certificate: try ca.issue(Backend.request().csr), order: CAOrder(caRequestID: "01"), reason: reason,
            comment: "left the company")
    }

    @Test func aRevocationNamesTheCertificateByItsBytes() async throws {
        let ca = try ScriptedCA { try $1.answer($0, [CMCStatus(.success, bodyList: [.id(3)])]) }
        let request = try revocation(ca)
        let backend = try Backend(ca, rest: table)
        guard case .revoked = try await backend.connector.revoke(request) else {
            Issue.record("not revoked")
            return
        }
        let sent = try #require(ca.requests.first?.revocation)
        #expect(sent.certificate == IssuerAndSerialNumber(request.certificate))
        #expect(sent.reason == 4)
        #expect(sent.comment == "left the company")
        #expect(sent.sharedSecret == nil)
        #expect(ca.requests[0].data.requests.isEmpty)
        _ = try await backend.connector.revoke(request)
        // Each a transaction of its own.
        #expect(ca.requests[0].transactionID != ca.requests[1].transactionID)
    }

    /// A consent to another revocation, sent again, would leave a certificate in use that counts as revoked.
    @Test func aConsentThatNamesNoMessageIsNone() async throws {
        func answering(nonce: [UInt8]??, transaction: CMCTransactionID??) throws -> ScriptedCA {
            try ScriptedCA { try $1.answer($0, [CMCStatus(.success)], nonce: nonce, transactionID: transaction) }
        }
        for settings in ["nonce: strict", "nonce: lenient"] {
            let ca = try answering(nonce: .some(nil), transaction: .some(nil))
            await #expect(throws: ConnectorError.self) {
                try await Backend(ca, settings, rest: table).connector.revoke(revocation(ca))
            }
        }
        let bound = try answering(nonce: .some(nil), transaction: nil)
        guard
            case .revoked = try await Backend(bound, "nonce: lenient", rest: table).connector.revoke(revocation(bound))
        else { throw CancellationError() }
        await #expect(throws: ConnectorError.self) {
            try await Backend(bound, "nonce: strict", rest: table).connector.revoke(revocation(bound))
        }
    }

    @Test func onlyReasonsOfTheProfileAreSent() async throws {
        let ca = try ScriptedCA { try $1.answer($0, []) }
        let backend = try Backend(ca, rest: table)
        _ = try await backend.connector.revoke(revocation(ca, .certificateHold))
        #expect(ca.requests[0].revocation?.reason == 6)
        await #expect(throws: ConnectorError(.refused, "")) {
            try await backend.connector.revoke(revocation(ca, .affiliationChanged))
        }
        // Without a table every reason goes, but nobody said that the CA holds certificates.
        await #expect(throws: ConnectorError(.refused, "")) {
            try await Backend(ca).connector.revoke(revocation(ca, .certificateHold))
        }
        _ = try await Backend(ca).connector.revoke(revocation(ca, .privilegeWithdrawn))
        #expect(ca.requests.last?.revocation?.reason == 9)
    }

    @Test func anUnknownCertificateIsDoneOnlyWhenTheCRLSaysSo() async throws {
        let ca = try ScriptedCA { try $1.failed($0, 4, text: "unknown") }
        let backend = try Backend(ca)
        let request = try revocation(ca)
        await #expect(throws: ConnectorError(.refused, "")) { try await backend.connector.revoke(request) }
        func list(
            _ number: SerialNumber, by signer: ScriptedCA, until end: Date = ScriptedCA.notAfter
        ) throws -> CertificateRevocationList {
            try .make(
                issuer: signer.certificate, key: signer.key, number: 1, thisUpdate: ScriptedCA.notBefore,
                nextUpdate: end, entries: [.init(serialNumber: number, revocationDate: .now)])
        }
        ca.publish(try list(.random(), by: ca))
        await #expect(throws: ConnectorError(.refused, "")) { try await backend.connector.revoke(request) }
        // A list of a stranger with the same name proves nothing.
        ca.publish(try list(request.certificate.serialNumber, by: ScriptedCA { try $1.issued($0) }))
        await #expect(throws: ConnectorError(.refused, "")) { try await backend.connector.revoke(request) }
        // One that has run out proves nothing either: who holds a certificate back may be off it again.
        ca.publish(try list(request.certificate.serialNumber, by: ca, until: ScriptedCA.notBefore + 60))
        await #expect(throws: ConnectorError(.refused, "")) { try await backend.connector.revoke(request) }
        ca.publish(try list(request.certificate.serialNumber, by: ca))
        guard case .revoked = try await backend.connector.revoke(request) else {
            Issue.record("the CRL says it is revoked")
            return
        }
    }

    @Test func aRevocationMayWait() async throws {
        let ca = try ScriptedCA { try $1.pending($0, text: "four eyes") }
        guard case .pending("four eyes") = try await Backend(ca).connector.revoke(revocation(ca)) else {
            Issue.record("not pending")
            return
        }
    }
}
