// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Testing

/// Where the key alone says whose an order is, "no" needs the very certificate that was issued.
@Suite struct KeyMatchTests {
    private static let profile = """
        connector: by-key
        title: Orders known by their certificate
        module: rest
        environments: {production: https://ca.example/api}
        abilities: [poll, findByReference]
        operations:
          check:
            request: {method: GET, path: /me}
            outcomes: [{when: '.status == 200', account: {name: .json.name}}]
          enroll:
            request: {method: POST, path: /orders, json: '{csr: .request.csr.pem}'}
            outcomes: [{when: '.status == 201', pending: {orderID: .json.id}}]
          poll:
            request: {method: GET, path: "/orders/${ .order.caRequestID }"}
            answers: .json.certificate
            outcomes: [{when: '.json.status == "ISSUED"', issued: {chain: '[.json.certificate, .json.authority]'}}]
          findByReference:
            request: {method: GET, path: /orders}
            outcomes: [{when: '.status == 200', candidates: {list: .json.ids}}]
            matchKey: true
        """

    /// - Parameter shown: what the order's answer has as certificate; nil where it has none.
    private func find(_ request: CertificateRequest, id: String, shown: String?) async throws -> OrderSearchResult {
        let authority = try Folder.fixture("certificates/ca.pem")
        let answer: JSONValue = [
            "status": "ISSUED", "certificate": JSONValue(shown), "authority": .string(authority),
        ]
        let list: JSONValue = ["ids": [.string(id)]]
        let http = ScriptedClient { request, _ throws(HTTPTransportError) in
            HTTPResponse(200, json: request.url.hasSuffix("/orders") ? list.text : answer.text)
        }
        return try await Backend(profile: Self.profile, http).connector.find(request)
    }

    @Test func itIsOursOrSurelyAnothers() async throws {
        let leaf = try Folder.fixture("certificates/leaf.pem")
        let id = try #require(try Certificate.all(pem: leaf).first).serialNumber.hex
        guard case .found = try await find(Example.request(), id: id, shown: leaf) else {
            Issue.record("ours is not found")
            return
        }
        var another = try Example.request()
        another.csr = try CertificateSigningRequest.make(
            subject: [("CN", "Another")], alternativeNames: [], key: PrivateKey.generate(.p256))
        guard case .absent = try await find(another, id: id, shown: leaf) else {
            Issue.record("another's is not told from ours")
            return
        }
    }

    /// The certificate of the CA that stands beside it is nobody's order.
    @Test(arguments: [nil, ""]) func anAnswerWithoutTheCertificateProvesNothing(shown: String?) async throws {
        guard case .undecidable = try await find(Example.request(), id: "0A", shown: shown) else {
            Issue.record("the order counts as another's")
            return
        }
    }

    /// Somebody on the way has mixed answers up.
    @Test func theCertificateOfAnotherOrderProvesNothing() async throws {
        let leaf = try Folder.fixture("certificates/leaf.pem")
        var another = try Example.request()
        another.csr = try CertificateSigningRequest.make(
            subject: [("CN", "Another")], alternativeNames: [], key: PrivateKey.generate(.p256))
        let error = await #expect(throws: ConnectorError.self) { try await find(another, id: "0A", shown: leaf) }
        #expect(error?.kind == .transient)
    }
}
