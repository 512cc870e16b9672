// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Synchronization
import TestSupport
import Testing

/// What is read beforehand and kept, and when it is read again before its time.
@Suite struct PreparedValueTests {
    /// A CA that tells one chain after the other, the last one again and again.
    private final class RotatingCA: Sendable {
        let chains: [String]
        let readings = Mutex(0)
        let isDown = Mutex(false)
        private let leaf: String

        init(_ issuers: Certificate...) throws {
            chains = issuers.map(\.pem)
            let members: JSONValue = ["id": "5", "pem": .string(try Folder.certificate("leaf").pem)]
            leaf = members.text
        }

        func answer(_ request: HTTPRequest) -> HTTPResponse {
            guard request.url.hasSuffix("/chain") else {
                return HTTPResponse(request.method == "POST" ? 201 : 200, json: leaf)
            }
            let count = readings.withLock { count in
                count += 1
                return count
            }
            if count > 1, isDown.withLock({ $0 }) { return HTTPResponse(503) }
            return HTTPResponse(200, json: JSONValue([chains[min(count, chains.count) - 1]]).text)
        }
    }

    private func backend(_ ca: RotatingCA) throws -> Backend {
        let profile = """
            connector: small
            title: Small
            module: rest
            environments: {production: https://ca.example/api}
            prepare:
              chain: {request: {method: GET, path: /chain}, value: .json, lifetime: 1h}
            operations:
              check:
                request: {method: GET, path: /me}
                outcomes: [{when: '.status == 200', account: {name: '"me"'}}]
              enroll:
                needs: [chain]
                request: {method: POST, path: /orders, json: '{csr: .request.csr.der}'}
                outcomes: [{when: '.status == 201', issued: {chain: '[.json.pem] + .prepared.chain', orderID: .json.id}}]
              poll:
                needs: [chain]
                request: {method: GET, path: "/orders/${ .order.caRequestID }"}
                outcomes: [{when: '.status == 200', issued: {chain: '[.json.pem] + .prepared.chain'}}]
            """
        return try Backend(
            profile: profile, ScriptedClient { request, _ throws(HTTPTransportError) in ca.answer(request) })
    }

    /// The issuing CA of yesterday, of another name or with another key under the same name.
    private static func formerCA(_ subject: DistinguishedName) throws -> Certificate {
        let key = try PrivateKey.generate(.p256)
        return try CertificateBuilder(
            profile: .issuingAuthority, subject: subject, publicKey: key.publicKey,
            notBefore: Date(timeIntervalSince1970: 1_600_000_000), notAfter: Date(timeIntervalSince1970: 2_000_000_000)
        ).selfSigned(key: key)
    }

    @Test(arguments: [true, false]) func aNewIssuingCAIsNoticedAtOnce(hasSameName: Bool) async throws {
        let issuing = try Folder.certificate("ca")
        let ca = try RotatingCA(Self.formerCA(hasSameName ? issuing.subject : [("CN", "Former CA")]), issuing)
        let backend = try backend(ca)
        for _ in 0..<2 {
            let outcome = try await backend.connector.poll(Example.order, request: Example.request())
            guard case .issued(let issued) = outcome else { throw Unexpected(outcome) }
            #expect(issued.certificateChain == [try Folder.certificate("leaf"), issuing])
        }
        // The order itself is asked for once each time.
        #expect(backend.http.requests.map { $0.url.hasSuffix("/chain") } == [true, false, true, false])
    }

    @Test func anOrderIsSentOnceAndNeverLost() async throws {
        for isDown in [false, true] {
            let ca = try RotatingCA(Self.formerCA([("CN", "Former CA")]), Folder.certificate("ca"))
            ca.isDown.withLock { $0 = isDown }
            let backend = try backend(ca)
            let outcome = try await backend.connector.enroll(Example.request())
            switch outcome {
            case .issued(let issued): #expect(!isDown && issued.certificateChain.count == 2)
            case .pending(let pending): #expect(isDown && pending.order.caRequestID == "5")
            default: throw Unexpected(outcome)
            }
            #expect(backend.http.requests.filter { $0.method == "POST" }.count == 1)
            #expect(ca.readings.withLock { $0 } == 2)
        }
    }

    @Test func aChainThatNeverFitsIsReadOnceMoreOnly() async throws {
        let ca = try RotatingCA(Self.formerCA([("CN", "Former CA")]))
        let outcome = try await backend(ca).connector.poll(Example.order, request: Example.request())
        guard case .issued(let issued) = outcome else { throw Unexpected(outcome) }
        #expect(issued.certificateChain.count == 1)
        #expect(ca.readings.withLock { $0 } == 2)
    }
}
