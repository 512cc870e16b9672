// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import Testing

/// Whatever a hole, a link or an answer holds, a request stays below the endpoint.
@Suite struct RequestTests {
    private func poll(_ id: String) async throws -> ScriptedClient {
        let http = ScriptedClient(HTTPResponse(200, json: #"{"state": "waiting"}"#))
        let backend = try Backend(profile: smallProfile(), http)
        _ = try? await backend.connector.poll(CAOrder(caRequestID: id), request: Example.request())
        return http
    }

    @Test func holesArePercentEncoded() async throws {
        for (id, path) in [
            ("a/b", "a%2Fb"), ("../x", "..%2Fx"), ("a?b#c", "a%3Fb%23c"), ("a b%", "a%20b%25"),
            ("@evil.example", "%40evil.example"),
            ("ü", "%C3%BC"), ("a\r\nX: y", "a%0D%0AX%3A%20y"), ("\\\\evil", "%5C%5Cevil"), (":80", "%3A80"),
        ] {
            #expect(try await poll(id).requests.map(\.url) == ["https://ca.example/api/orders/\(path)"])
        }
    }

    @Test func aHoleCannotClimbOrVanish() async throws {
        for id in ["..", ".", ""] { #expect(try await poll(id).requests.isEmpty) }
    }

    @Test func queryAndFormEncodeTheirValues() async throws {
        let profile = smallProfile(
            """
              cancel:
                request:
                  method: POST
                  path: /cancel?fixed=1
                  query: '{"filters[id]": .order.caRequestID, none: null, list: [1, "b&c"], flag: true}'
                  form: '{note: .note}'
                  headers: {X-Order: "${ .order.caRequestID }", Content-Type: "application/x-www-form-urlencoded;charset=utf-8"}
                outcomes: [{when: 'true', done: {}}]
            """)
        let backend = try Backend(profile: profile, ScriptedClient(HTTPResponse(200)))
        try await backend.connector.cancel(CAOrder(caRequestID: "a=1"), note: "left & gone")
        let sent = try #require(backend.http.requests.first)
        #expect(sent.url == "https://ca.example/api/cancel?fixed=1&filters%5Bid%5D=a%3D1&flag=true&list=1&list=b%26c")
        #expect(sent.bodyText == "note=left%20%26%20gone")
        #expect(sent.headers.filter { $0.name.lowercased() == "content-type" }.count == 1)
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await backend.connector.cancel(CAOrder(caRequestID: "a\r\nX-Evil: 1"), note: "")
        }
        #expect(backend.http.requests.count == 1)
    }

    private static let inventory = """
          inventory:
            request: {method: GET, path: /list}
            outcomes:
              - {when: '.status == 200', page: {entries: .json.rows, nextLink: '.headers.links | (capture("<(?<to>[^>]*)>; rel=\\"next\\"") | .to)? // null'}}
        """

    @Test func linksLeadToTheNextPage() async throws {
        let http = ScriptedClient(
            HTTPResponse(
                200, json: #"{"rows": [{"orderID": 1, "status": "a"}]}"#,
                headers: [("Links", #"</api/list?page=2>; rel="next""#)]),
            HTTPResponse(200, json: #"{"rows": []}"#, headers: [("Links", #"</api/list?page=1>; rel="previous""#)]))
        let backend = try Backend(profile: smallProfile(Self.inventory), http)
        let first = try await backend.connector.inventory(from: nil)
        #expect(first.entries.map(\.order.caRequestID) == ["1"])
        let last = try await backend.connector.inventory(from: first.next)
        #expect(last.next == nil)
        #expect(http.requests.map(\.url) == ["https://ca.example/api/list", "https://ca.example/api/list?page=2"])
    }

    @Test(arguments: [
        "https://evil.example/api/list", "//evil.example/api/list", "http://ca.example/api/list", "/other/list",
        "/api/../other", "https://user@ca.example/api/list", "https://ca.example:8443/api/list", "/apis/list",
        "file:///etc/passwd",
    ])
    func linksThatLeadAwayAreRefused(link: String) async throws {
        let http = ScriptedClient(
            HTTPResponse(200, json: #"{"rows": []}"#, headers: [("links", "<\(link)>; rel=\"next\"")]))
        let backend = try Backend(profile: smallProfile(Self.inventory), http)
        await #expect(throws: ConnectorError(.configuration, "")) { try await backend.connector.inventory(from: nil) }
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await backend.connector.inventory(from: "link \(link)")
        }
        #expect(http.requests.count == 1)
    }

    @Test func chainsAreReadInEveryForm() async throws {
        let (leaf, issuing) = (try Folder.certificate("leaf"), try Folder.certificate("ca"))
        let root = try Folder.certificate("root")
        let bundle = try Folder.fixture("certificates/chain.p7b")
        for text in [
            leaf.pem + issuing.pem + root.pem, root.pem + issuing.pem + leaf.pem, "text\r\n" + issuing.pem + leaf.pem,
            bundle,
        ] {
            let answer = JSONValue.object(["pem": .string(text)]).text
            let backend = try Backend(profile: smallProfile(), ScriptedClient(HTTPResponse(200, json: answer)))
            let outcome = try await backend.connector.poll(Example.order, request: Example.request())
            guard case .issued(let issued) = outcome else { throw Unexpected(outcome) }
            #expect(issued.certificateChain == [leaf, issuing])
        }
    }
}
