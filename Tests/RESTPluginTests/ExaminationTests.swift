// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import TestSupport
import Testing

/// An order that a person has named: ours when something in it says so, and nobody's is touched by the question.
@Suite struct ExaminationTests {
    private func examine(_ profile: String, _ id: String = "77", _ script: @escaping ScriptedClient.Script)
        async throws -> (OrderSearchResult, ScriptedClient)
    {
        let http = ScriptedClient(script)
        let connector = try Backend(profile: profile, http).connector
        return (try await connector.examine(CAOrder(caRequestID: id), request: Example.request()), http)
    }

    private func examine(_ name: String, id: String, _ script: @escaping ScriptedClient.Script) async throws -> (
        OrderSearchResult, ScriptedClient
    ) {
        let folder = try #require(try FixtureFolder.all().first { $0.name == name })
        let http = ScriptedClient(script)
        let connector = try folder.backend(http).connector
        return (try await connector.examine(CAOrder(caRequestID: id), request: folder.request()), http)
    }

    private func digicert(_ id: String, _ script: @escaping ScriptedClient.Script) async throws -> (
        OrderSearchResult, ScriptedClient
    ) {
        let http = ScriptedClient(script)
        let connector = try Backend(digicert: http).connector
        return (try await connector.examine(CAOrder(caRequestID: id), request: Example.request()), http)
    }

    private static let search = """
          findByReference:
            request: {method: GET, path: /list, query: '{note: .request.reference}'}
            outcomes:
              - {when: '.status == 200 and .json.secret', undecidable: {reason: '"the list tells no notes"'}}
              - {when: '.status == 200', candidates: {list: .json.ids}}
        """

    /// A poll that goes on by giving the order what it lacks.
    private static let completing = smallProfile(
        """
          complete:
            request: {method: PUT, path: "/orders/${ .order.caRequestID }", json: '{csr: .request.csr.pem}'}
            outcomes: [{when: '.status == 200', pending: {}}]
          more:
            request: {method: GET, path: "/orders/${ .order.caRequestID }/more"}
            outcomes: [{when: '.json.pem', issued: {chain: .json.pem}}]
        \(search)
        """
    ).replacing(
        #"- {when: '.json.state == "waiting"'"#,
        with: """
            - {when: '.json.state == "unused"', then: {operation: complete}}
                  - {when: '.json.state == "done"', then: {operation: more}}
                  - {when: '.json.state == "waiting"'
            """)

    @Test(arguments: ["waiting", "unused"])
    func theSearchByReferenceTellsWhoseAPendingOrderIs(state: String) async throws {
        let (result, http) = try await examine(Self.completing) { request, _ throws(HTTPTransportError) in
            request.url.contains("/list")
                ? HTTPResponse(200, json: #"{"ids": ["76", 77]}"#)
                : HTTPResponse(200, json: #"{"state": "\#(state)"}"#)
        }
        guard case .found(.pending(let pending)) = result else { throw Unexpected(result) }
        #expect(pending.order.caRequestID == "77")
        #expect(http.requests.allSatisfy { $0.method == "GET" })
        #expect(http.requests.last?.url.hasSuffix("/list?note=gw-7f3a") == true)
    }

    @Test(
        "another order stays as it is, and the sentence says why",
        arguments: [
            (#"{"state": "waiting"}"#, #"{"ids": ["76"]}"#, "the CA does not list it under gw-7f3a"),
            (#"{"state": "unused"}"#, #"{"ids": []}"#, "order 77 has no certificate yet"),
            (#"{"state": "waiting"}"#, #"{"ids": ["77"], "secret": true}"#, "the list tells no notes"),
        ])
    func another(poll: String, list: String, sentence: String) async throws {
        let (result, http) = try await examine(Self.completing) { request, _ throws(HTTPTransportError) in
            HTTPResponse(200, json: request.url.contains("/list") ? list : poll)
        }
        guard case .undecidable(let reason) = result else { throw Unexpected(result) }
        #expect(reason.contains(sentence) && reason.hasSuffix("; try again once it is issued"), "\(reason)")
        #expect(http.requests.count == 2 && http.requests.allSatisfy { $0.method == "GET" })
    }

    @Test func theKeyOfTheCertificateDecides() async throws {
        for (name, isOurs) in [("leaf", true), ("ca", false)] {
            let pem = JSONValue.string(try Folder.certificate(name).pem)
            let (result, http) = try await examine(Self.completing) { request, _ throws(HTTPTransportError) in
                HTTPResponse(
                    200, json: request.url.hasSuffix("/more") ? (["pem": pem] as JSONValue).text : #"{"state": "done"}"#
                )
            }
            switch result {
            case .found(.issued): #expect(isOurs)
            case .absent: #expect(!isOurs)
            default: throw Unexpected(result)
            }
            #expect(http.requests.count == 2, "what only reads is followed")
        }
    }

    @Test func whatTheCARefusesComesFirst() async throws {
        let (result, _) = try await examine(smallProfile()) { _, _ throws(HTTPTransportError) in
            HTTPResponse(404, json: #"{"message": "no such order"}"#)
        }
        guard case .undecidable(let reason) = result else { throw Unexpected(result) }
        #expect(
            reason.hasPrefix("the CA answered 404: no such order; no error rule of the profile covers it; so order 77"))
    }

    @Test func aCAThatFailsTellsNothing() async throws {
        await #expect(throws: ConnectorError(.transient, "")) {
            try await examine(Self.completing) { _, _ throws(HTTPTransportError) in HTTPResponse(503) }
        }
    }

    /// CertCentral carries our reference in the order itself.
    @Test func theRuleOfTheProfileDecides() async throws {
        let other = #"{"comments": "gw-7f3a0"}"#
        // A revocation is a request, too, without a text or with the CA's own.
        for (requests, isOurs) in [
            (#"{"comments": "gw-7f3a"}"#, true), (other, false), (#"\#(other), {"comments": null}"#, false),
            (#"{"comments": "superseded: replaced"}, \#(other)"#, false),
            (#"{"comments": null}, {"comments": "gw-7f3a"}"#, true),
        ] {
            let (result, http) = try await digicert("2") { _, _ throws(HTTPTransportError) in
                HTTPResponse(
                    200,
                    json: """
                        {"id": 2, "status": "issued", "requests": [\(requests)],
                         "certificate": {"emails": ["ada@example.org"]}}
                        """)
            }
            switch result {
            case .found: #expect(isOurs)
            case .absent: #expect(!isOurs)
            default: throw Unexpected(result)
            }
            #expect(http.requests.count == 1)
        }
    }

    /// A pending order of Certificate Manager stands in the list with our comment; its poll would only say "not yet".
    @Test func aPendingOrderOfCertificateManager() async throws {
        for (id, isOurs) in [("12345", true), ("12346", false)] {
            let rows = [("12345", "gw-7f3a"), ("12346", "gw-0")].map {
                #"{"state": "requested", "backendCertId": "\#($0)", "comments": "\#($1)"}"#
            }
            let (result, http) = try await examine("sectigo-scm", id: id) { request, _ throws(HTTPTransportError) in
                if request.url.contains("/collect/") {
                    return HTTPResponse(400, json: #"{"code": -183, "description": "not yet"}"#)
                }
                let wanted = request.url.contains("backendCertId=") ? [rows[id == "12345" ? 0 : 1]] : rows
                return HTTPResponse(
                    200, json: "[\(wanted.joined(separator: ","))]", headers: [("X-Total-Count", "2")])
            }
            switch result {
            case .found(.pending(let pending)): #expect(isOurs && pending.order.caRequestID == id)
            case .undecidable(let reason): #expect(!isOurs && reason.contains("order \(id) "), "\(reason)")
            default: throw Unexpected(result)
            }
            #expect(http.requests.allSatisfy { $0.method == "GET" })
        }
    }

    /// SSL.com's poll goes on by putting our CSR into a voucher: not into one that is somebody else's.
    @Test func aVoucherOfAnotherSystemGetsNoCSR() async throws {
        for (id, isOurs) in [("co-1", true), ("co-2", false)] {
            let list =
                #"[{"ref": "co-1", "external_order_number": "gw-7f3a"}, {"ref": "co-2", "external_order_number": "x"}]"#
            let (result, http) = try await examine("ssl-com", id: id) { request, _ throws(HTTPTransportError) in
                guard request.url.contains("/certificates") else {
                    return HTTPResponse(200, json: #"{"ref": "\#(id)", "order_status": "unused. waiting on csr"}"#)
                }
                return HTTPResponse(
                    200, json: request.url.contains("page=1&") || request.url.hasSuffix("page=1") ? list : "[]")
            }
            switch result {
            case .found: #expect(isOurs)
            case .undecidable: #expect(!isOurs)
            default: throw Unexpected(result)
            }
            #expect(http.requests.allSatisfy { $0.method == "GET" })
        }
    }
}
