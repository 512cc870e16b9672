// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import TestSupport
import Testing

/// CAs that have only certain lengths of validity (wire/sectigo-scm.md §12.7, wire/globalsign-atlas.md §4): what is ordered
/// is what was asked for, or nothing is.
@Suite struct ValidityTests {
    /// What was ordered for a validity, as the body of the order; nil where no order left.
    private func order(_ days: Int?, _ name: String, reading: [String: JSONValue]) async throws -> (
        body: JSONValue?, error: ConnectorError?
    ) {
        let folder = try #require(try FixtureFolder.all().first { $0.name == name })
        let http = ScriptedClient { request, _ throws(HTTPTransportError) in
            if request.url.hasSuffix("/login") { return HTTPResponse(200, json: #"{"access_token": "planted-token"}"#) }
            guard request.method == "GET" else { return HTTPResponse(503) }
            let known = reading.first { request.url.contains($0.key) }
            return HTTPResponse(known == nil ? 404 : 200, json: known?.value.text ?? "{}")
        }
        let backend = try folder.backend(http)
        var request = try folder.request()
        request.validityDays = days
        let sent = request
        let error = await #expect(throws: ConnectorError.self) { try await backend.connector.enroll(sent) }
        let order = backend.http.requests.first { $0.method == "POST" && !$0.url.hasSuffix("/login") }
        return (try order.map { try JSONValue(parsing: $0.bodyText) }, error)
    }

    @Test(
        arguments: [
            (365, 365), (370, 365), (360, 365), (700, 730), (730, 730), (nil, 365), (90, nil), (500, nil), (1095, nil),
        ] as [(Int?, Int?)])
    func sectigoSellsTerms(asked: Int?, term: Int?) async throws {
        let types: JSONValue = [["id": 501, "name": "Personal", "terms": [730, 365]]]
        let (body, error) = try await order(asked, "sectigo-scm", reading: ["/smime/v2/types": types])
        #expect(body?["term"]?.int == term)
        guard term == nil else { return }
        #expect(error?.kind == .configuration)
        #expect(error?.message == "profile 501 has terms of 730, 365 days, asked for \(asked ?? 0)")
    }

    /// A profile that is not in the list, or without terms, is for the CA to refuse.
    @Test func withoutTermsTheCADecides() async throws {
        for types in [[], [["id": 501, "terms": []]]] as [JSONValue] {
            #expect(try await order(90, "sectigo-scm", reading: ["/smime/v2/types": types]).body?["term"]?.int == 90)
        }
    }

    /// - Parameter end: what the order says about the end, in days from now; 0 for the longest.
    @Test(
        arguments: [
            (365, nil, 0), (366, nil, 0), (405, nil, 0), (90, nil, 90), (nil, nil, 0), (730, nil, nil), (1, nil, nil),
            (365, 350, 0), (365, 300, nil), (200, 300, 200),
        ] as [(Int?, Int?, Int?)])
    func anAtlasPolicyHasBounds(asked: Int?, issuerEnds: Int?, end: Int?) async throws {
        let now = 1_800_000_000
        let day = 86_400
        var validity: JSONValue = ["secondsmin": JSONValue(2 * day), "secondsmax": JSONValue(365 * day)]
        if let issuerEnds { validity["issuer_expiry"] = JSONValue(now + issuerEnds * day) }
        let (body, error) = try await order(
            asked, "globalsign-atlas", reading: ["/validationpolicy": ["validity": validity]])
        #expect(body?["validity"]?["not_after"]?.int == end.map { $0 == 0 ? 0 : now + $0 * day })
        guard end == nil else { return }
        #expect(error?.kind == .configuration)
        #expect(
            error?.message
                == "the validation policy allows 2 to \(issuerEnds ?? 365) days, asked for \(asked ?? 0)")
    }

    /// The policy may have changed since it was read: an order that is tried again goes by the new one.
    @Test func aPolicyThatNoLongerHoldsIsReadAgain() async throws {
        let folder = try #require(try FixtureFolder.all().first { $0.name == "globalsign-atlas" })
        let http = ScriptedClient { request, index throws(HTTPTransportError) in
            switch (request.method, request.url.split(separator: "/").last) {
            case (_, "login"): return HTTPResponse(200, json: #"{"access_token": "planted-token"}"#)
            case ("GET", _):
                let days = index < 3 ? 730 : 300
                return HTTPResponse(200, json: #"{"validity": {"secondsmax": \#(days * 86_400)}}"#)
            default:
                return HTTPResponse(422, json: #"{"description": "x", "errors": {"validity.not_after": "too late"}}"#)
            }
        }
        let connector = try folder.backend(http).connector
        for message in [
            "the CA answered 422: x; validity.not_after: too late",
            "the validation policy allows 0 to 300 days, asked for 365",
        ] {
            let error = await #expect(throws: ConnectorError(.configuration, "")) {
                try await connector.enroll(folder.request())
            }
            #expect(error?.message == message)
        }
        #expect(http.requests.map(\.method) == ["POST", "GET", "POST", "GET"])
    }
}
