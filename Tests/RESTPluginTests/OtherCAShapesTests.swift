// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import TestSupport
import Testing

/// CAs of another shape as data only: the ids and words are those of wire/globalsign-atlas.md and wire/sectigo-scm.md.
@Suite struct OtherCAShapesTests {
    private static let atlas = """
        connector: atlas-shape
        title: Login token, Location header, PATCH
        module: rest
        environments: {production: https://ca.example:8443/v2}
        settings:
          apiKey: {type: secret, title: Key}
          apiSecret: {type: secret, title: Secret}
          certificate: {type: secret, title: Client certificate}
        login:
          clientCertificate: {credential: certificate}
          token:
            request: {method: POST, path: /login, json: '{api_key: .settings.apiKey, api_secret: .settings.apiSecret}'}
            token: .json.access_token
            lifetime: 10m
        requestOptions: {headers: {Content-Type: application/json;charset=utf-8}}
        revocationReasons: {superseded: superseded}
        operations:
          check:
            request: {method: GET, path: /validationpolicy}
            outcomes: [{when: '.status == 200', account: {name: '"policy"'}}]
          enroll:
            request: {method: POST, path: /certificates, json: '{san: {emails: .request.names.emails}, public_key: .request.csr.pem}'}
            outcomes:
              - {when: '.status == 201', then: {operation: poll, orderID: '.headers.location | split("/") | last'}}
          poll:
            request: {method: GET, path: "/certificates/${ .order.caRequestID }"}
            outcomes:
              - {when: '.status == 202', pending: {retryAfter: 2s}}
              - {when: '.json.status == "ISSUED"', then: {operation: chain, identifiers: '{}'}}
              - {when: '.status == 422', rejected: {reason: .json.description}}
          chain:
            request: {method: GET, path: "/certificates/${ .order.caRequestID }/full"}
            outcomes: [{when: '.status == 200', issued: {chain: .json}}]
          revoke:
            request: {method: PATCH, path: "/certificates/${ .revocation.serialNumber }", json: '{revocation_reason: .revocation.reason}'}
            outcomes:
              - {when: '.status == 204', revoked: {}}
              - {when: '.status == 409 and (.json.description | test("REVOKED"))', revoked: {}}
        """

    private func atlas(_ script: @escaping ScriptedClient.Script) throws -> Backend {
        try Backend(
            profile: Self.atlas, secrets: ["apiKey": "k", "apiSecret": "s", "certificate": ClientFile.pem()],
            endpoint: "https://ca.example:8443/v2", ScriptedClient(script))
    }

    @Test func aLocationHeaderIsTheOrder() async throws {
        let chain = JSONValue([try Folder.certificate("ca").pem, try Folder.certificate("leaf").pem]).text
        let backend = try atlas { request, index throws(HTTPTransportError) in
            switch (request.method, request.url.split(separator: "/").last) {
            case (_, "login"): HTTPResponse(200, json: #"{"access_token": "t"}"#)
            case ("POST", _): HTTPResponse(201, headers: [("Location", "/v2/certificates/01A1B2")])
            case (_, "full"): HTTPResponse(200, json: chain)
            default: HTTPResponse(200, json: #"{"status": "ISSUED"}"#)
            }
        }
        let outcome = try await backend.connector.enroll(Example.request())
        guard case .issued(let issued) = outcome else { throw Unexpected(outcome) }
        #expect(issued.order.caRequestID == "01A1B2")
        #expect(issued.certificateChain.count == 2)
        let order = try #require(
            backend.http.requests.first { $0.method == "POST" && $0.url.hasSuffix("/certificates") })
        #expect(order.header("Content-Type") == "application/json;charset=utf-8")
        #expect(order.header("Authorization") == "Bearer t")
        #expect(backend.http.requests.allSatisfy { $0.tls != nil })
    }

    /// The order is at the CA; a failure of what follows must neither repeat nor lose it.
    @Test func aFailureAfterTheOrderKeepsTheOrder() async throws {
        for answer in [HTTPResponse(503), HTTPResponse(401), HTTPResponse(404), HTTPResponse(200, text: "<html>")] {
            let backend = try atlas { request, _ throws(HTTPTransportError) in
                if request.url.hasSuffix("/login") { return HTTPResponse(200, json: #"{"access_token": "t"}"#) }
                return request.method == "POST"
                    ? HTTPResponse(201, headers: [("location", "/v2/certificates/01A1B2")]) : answer
            }
            let outcome = try await backend.connector.enroll(Example.request())
            guard case .pending(let pending) = outcome else { throw Unexpected(outcome) }
            #expect(pending.order.caRequestID == "01A1B2")
        }
    }

    @Test func aRevokedCertificateMayBeRevokedAgain() async throws {
        for answer in [
            HTTPResponse(204), HTTPResponse(409, json: #"{"description": "Cannot revoke a REVOKED certificate"}"#),
        ] {
            let backend = try atlas { request, _ throws(HTTPTransportError) in
                request.url.hasSuffix("/login") ? HTTPResponse(200, json: #"{"access_token": "t"}"#) : answer
            }
            let outcome = try await backend.connector.revoke(
                RevocationRequest(
                    certificate: Folder.certificate("leaf"), order: Example.order, reason: .superseded, comment: ""))
            guard case .revoked = outcome else { throw Unexpected(outcome) }
            #expect(backend.http.requests.last?.method == "PATCH")
        }
    }

    private static let scm = """
        connector: scm-shape
        title: Header login, not ready is an error, text on success
        module: rest
        environments: {production: https://ca.example/api}
        settings:
          login: {type: text, title: Login}
          password: {type: secret, title: Password}
        login: {headers: {login: "${ .settings.login }", password: "${ .settings.password }", customerUri: examplecorp}}
        operations:
          check:
            request: {method: GET, path: /organization/v1}
            outcomes: [{when: '.status == 200', account: {name: '.json[0].name'}}]
          enroll:
            request: {method: POST, path: /smime/v1/enroll, json: '{certType: (.request.product | tonumber), comments: .request.reference}'}
            outcomes: [{when: '.status == 200', pending: {orderID: .json.backendCertId}}]
          poll:
            request: {method: GET, path: "/smime/v1/collect/${ .order.caRequestID }", query: '{format: "x509"}'}
            outcomes:
              - {when: '.status == 200', issued: {chain: .body}}
              - {when: '.json.code | IN(-183, -1400, -109)', pending: {}}
              - {when: '.json.code | IN(-192, -110)', rejected: {kind: retired, reason: .json.description}}
          findByReference:
            request: {method: GET, path: /smime/v2, query: '{email: .request.names.emails[0], size: 200, position: (.cursor // 0)}'}
            outcomes:
              - when: '.status == 200'
                candidates:
                  list: '.request.reference as $reference | [.json[] | select(.comments == $reference) | .backendCertId]'
                  next: '(.json | length) as $rows | if $rows < 200 then null else (.cursor // "0" | tonumber) + $rows end'
        errors:
          - {when: '.json.code | IN(-16, -970)', kind: authentication, message: .json.description}
          - {when: '.json.code', message: .json.description}
        """

    @Test func notReadyCanBeAnError() async throws {
        func poll(_ answer: HTTPResponse) async throws -> EnrollmentOutcome {
            try await Backend(
                profile: Self.scm, values: ["login": "api"], secrets: ["password": "p"], ScriptedClient(answer)
            )
            .connector.poll(CAOrder(caRequestID: "1000"), request: Example.request(product: "501"))
        }
        guard
            case .pending = try await poll(
                HTTPResponse(400, json: #"{"code": -183, "description": "not collectable"}"#))
        else { throw Unexpected("pending") }
        guard
            case .rejected(let rejection) = try await poll(
                HTTPResponse(400, json: #"{"code": -192, "description": "revoked!"}"#))
        else { throw Unexpected("rejected") }
        #expect(rejection.kind == .retired)
        let pem = try Folder.fixture("certificates/chain.p7b")
        guard
            case .issued = try await poll(
                HTTPResponse(200, text: pem, headers: [("Content-Type", "application/octet-stream")]))
        else { throw Unexpected("issued") }
        await #expect(throws: ConnectorError(.authentication, "")) {
            _ = try await poll(HTTPResponse(401, json: #"{"code": -16, "description": "Unknown user"}"#))
        }
    }

    @Test func aListThatCarriesTheReferenceNeedsNoMatch() async throws {
        let backend = try Backend(
            profile: Self.scm, values: ["login": "api"], secrets: ["password": "p"],
            ScriptedClient(
                HTTPResponse(
                    200,
                    json: #"[{"backendCertId": "7", "comments": "x"}, {"backendCertId": "8", "comments": "gw-7f3a"}]"#),
                HTTPResponse(400, json: #"{"code": -183}"#)))
        guard case .found(.pending(let pending)) = try await backend.connector.find(Example.request(product: "501"))
        else {
            throw Unexpected("found")
        }
        #expect(pending.order.caRequestID == "8")
    }
}
