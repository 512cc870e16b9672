// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import TestSupport
import Testing

/// Ids beyond 2^53 (and other numbers that no double keeps) at a CA that counts in JSON numbers, and has another order beside ours whose id
/// the nearest double is.
@Suite struct WideNumberTests {
    static let ids = ["9007199254740993", "18446744073709551616", "9223372036854775807", "100000000000000000000"]

    /// CertCentral with our order, number `id`; whoever asks for another gets somebody else's, which is issued.
    private static func ca(_ id: String) -> ScriptedClient {
        ScriptedClient { request, _ throws(HTTPTransportError) in
            let path = request.url.replacing("https://ca.example/services/v2", with: "").prefix { $0 != "?" }
            switch (request.method, path) {
            case ("POST", "/order/certificate/secure_email_sponsor"):
                return HTTPResponse(201, json: #"{"id": \#(id), "requests": [{"id": \#(id), "status": "pending"}]}"#)
            case ("GET", "/order/certificate"):
                let rows =
                    #"{"id": 1, "certificate": {}}, {"id":\#(id),"certificate":{"id":\#(id)},"status":"pending"}"#
                return HTTPResponse(200, json: #"{"orders": [\#(rows)], "page": {"total": 2}}"#)
            case ("GET", "/order/certificate/\(id)"):
                return HTTPResponse(
                    200,
                    json: #"{"id": \#(id), "status": "pending", "requests": [{"id": \#(id), "comments": "gw-7f3a"}]}"#)
            case ("GET", "/order/certificate/1"):
                let other = """
                    {"id": 1, "status": "pending", "requests": [{"comments": "gw-0001"}],
                     "certificate": {"emails": ["ada@example.org"]}}
                    """
                return HTTPResponse(200, json: other)
            case ("GET", "/order/certificate/\(id)/email-validation"):
                return HTTPResponse(200, json: #"{"emails": []}"#)
            case ("PUT", "/order/certificate/\(id)/status"), ("PUT", "/order/certificate/\(id)/resend-emails"):
                return HTTPResponse(204)
            default: return HTTPResponse(500, text: "somebody else's: \(path)")
            }
        }
    }

    @Test("an order is polled, found, validated, listed and cancelled by its own id", arguments: ids)
    func wholeOrder(id: String) async throws {
        let backend = try Backend(digicert: Self.ca(id))
        let request = try Example.request()
        guard case .pending(let placed) = try await backend.connector.enroll(request) else { throw Lost() }
        #expect(placed.order == CAOrder(caRequestID: id, identifiers: ["requestID": id]))
        // As the ledger keeps it.
        let order = CAOrder(
            caRequestID: try JSONValue(parsing: placed.order.json.text)["caRequestID"]?.string ?? "",
            identifiers: placed.order.identifiers)
        guard case .pending(let polled) = try await backend.connector.poll(order, request: request) else {
            throw Lost()
        }
        #expect(polled.order.caRequestID == id)
        guard case .found(.pending(let found)) = try await backend.connector.find(request) else { throw Lost() }
        #expect(found.order.caRequestID == id)
        let page = try await backend.connector.inventory(from: nil)
        #expect(page.entries.map(\.order.caRequestID) == ["1", id])
        #expect(page.entries.last?.order.identifiers == ["certificateID": id])
        _ = try await backend.connector.validationState(of: order)
        try await backend.connector.resendValidation(of: order)
        try await backend.connector.cancel(order, note: "withdrawn")
        let cancels = backend.http.requests.filter { $0.url.hasSuffix("/status") }
        #expect(cancels.map(\.url) == ["https://ca.example/services/v2/order/certificate/\(id)/status"])
    }

    @Test("where a CA wants the id as a number, it gets its digits", arguments: ids + ["7"])
    func renewal(id: String) async throws {
        let backend = try Backend(digicert: Self.ca(id))
        _ = try await backend.connector.renew(Example.request(), predecessor: CAOrder(caRequestID: id))
        let body = try #require(backend.http.requests.first).bodyText
        #expect(body.contains(#""renewal_of_order_id":\#(id),"#), "\(body)")
        #expect(try JSONValue(parsing: body)["renewal_of_order_id"]?.identifier == id)
        _ = try await backend.connector.enroll(Example.request())
        #expect(try #require(backend.http.requests.last).bodyText.contains("renewal_of_order_id") == false)
    }

    @Test("an id that is no number is not sent as one", arguments: ["c2c4", "", "1}", "007", "1,\"skip\":1"])
    func noNumber(id: String) async throws {
        let backend = try Backend(digicert: Self.ca("1"))
        let error = await #expect(throws: ConnectorError.self) {
            try await backend.connector.renew(Example.request(), predecessor: CAOrder(caRequestID: id))
        }
        #expect(
            error?.kind == .configuration && error?.message.contains("no number") == true, "\(error?.message ?? "")")
        #expect(backend.http.requests.isEmpty)
    }

    @Test("a profile that makes a number of a wide id sends nothing, and says so", arguments: ids)
    func tonumber(id: String) async throws {
        let cancel = """
              cancel:
                request: {method: PUT, path: /cancel, json: '{id: (.order.caRequestID | tonumber)}'}
                outcomes: [{when: '.status < 300', done: {}}]
            """
        let backend = try Backend(
            profile: smallProfile(cancel).replacing("operations:", with: "abilities: [cancel, poll]\noperations:"),
            ScriptedClient(HTTPResponse(204)))
        let error = await #expect(throws: ConnectorError.self) {
            try await backend.connector.cancel(CAOrder(caRequestID: id), note: "")
        }
        #expect(error?.kind == .configuration && error?.message.contains("more digits than are kept") == true)
        #expect(backend.http.requests.isEmpty)
        try await backend.connector.cancel(CAOrder(caRequestID: "4711"), note: "")
        #expect(backend.http.requests.map(\.bodyText) == [#"{"id":4711}"#])
    }

    /// A place that cannot be told is no end: the rest of the list would be absent, and its order bought again.
    @Test(
        "a list ends where the CA says so, and nowhere else", arguments: [".json.next", "[1]", "{}", "true", "1e300"])
    func endOfList(next: String) async throws {
        let find = """
              findByReference:
                request: {method: GET, path: /orders, query: '{page: (.cursor // "1")}'}
                outcomes: [{when: '.status == 200', candidates: {list: '[]', next: '\(next)'}}]
                match: 'true'
            """
        func backend(_ told: String) throws -> Backend {
            try Backend(
                profile: smallProfile(find).replacing(
                    "operations:", with: "abilities: [findByReference, poll]\noperations:"),
                ScriptedClient { request, _ throws(HTTPTransportError) in
                    HTTPResponse(200, json: request.url.hasSuffix("=1") ? #"{"next": \#(told)}"# : #"{"next": null}"#)
                })
        }
        guard next == ".json.next" else {
            await #expect(throws: ConnectorError(.transient, "")) {
                try await backend("2").connector.find(Example.request())
            }
            return
        }
        let backend = try backend("9007199254740993")
        guard case .absent = try await backend.connector.find(Example.request()) else { throw Lost() }
        #expect(backend.http.requests.map(\.url).last?.hasSuffix("page=9007199254740993") == true)
    }

    private struct Lost: Error {}
}
