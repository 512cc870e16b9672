// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import PKIX
import TestSupport
import Testing

@testable import RESTPlugin

/// An answer that is about another order than was asked about: it is not believed, whatever it says.
@Suite struct BelongingTests {
    /// A CA whose answers tell the order's id as `id`.
    private static let profile = smallProfile(
        """
            answers: .json.id
          revoke:
            request: {method: PUT, path: /revoke}
            answers: .json.id
            outcomes: [{when: '.status == 200', revoked: {}}]
          cancel:
            request: {method: PUT, path: /cancel}
            answers: .json.id
            outcomes: [{when: '.status == 200', done: {}}]
          resendValidation: {like: cancel}
          validationState:
            request: {method: GET, path: /addresses}
            answers: .json.id
            outcomes: [{when: '.status == 200', addresses: {list: '[]'}}]
          more:
            request: {method: GET, path: /more}
            answers: .json.id
            outcomes: [{when: '.json.state == "ended"', rejected: {reason: '"ended"'}}]
        """
    ).replacing(
        "- {when: '.json.pem', issued: {chain: .json.pem}}",
        with: """
            - {when: '.json.state == "ended"', rejected: {reason: '"ended"'}}
                  - {when: '.json.state == "more"', then: {operation: more}}
                  - {when: '.json.state == "named"', rejected: {reason: '"ended"', orderID: .json.own}}
            """)

    private func backend(_ answers: HTTPResponse...) throws -> Backend {
        try Backend(
            profile: Self.profile.replacing(
                "operations:", with: "abilities: [poll, revoke, cancel, validationState, resendValidation]\noperations:"
            ),
            ScriptedClient { _, index throws(HTTPTransportError) in answers[min(index, answers.count - 1)] })
    }

    private func call(_ operation: String, _ backend: Backend) async throws {
        let order = CAOrder(caRequestID: "77")
        switch operation {
        case "poll": _ = try await backend.connector.poll(order, request: Example.request())
        case "examine": _ = try await backend.connector.examine(order, request: Example.request())
        case "cancel": try await backend.connector.cancel(order, note: "")
        case "revoke":
            let certificate = try Certificate(pem: Folder.fixture("certificates/leaf.pem"))
            _ = try await backend.connector.revoke(
                RevocationRequest(certificate: certificate, order: order, reason: .superseded, comment: ""))
        case "validationState": _ = try await backend.connector.validationState(of: order)
        default: try await backend.connector.resendValidation(of: order)
        }
    }

    @Test(arguments: [
        ("poll", #"{"state": "ended""#), ("poll", #"{"state": "waiting""#), ("poll", #"{"state": "more""#),
        ("examine", #"{"state": "waiting""#), ("cancel", #"{"state": "done""#), ("revoke", #"{"state": "done""#),
        ("validationState", #"{"state": "done""#), ("resendValidation", #"{"state": "done""#),
    ])
    func anotherIDIsNotBelieved(operation: String, answer: String) async throws {
        for id in [#""78""#, "78", "770", #""07""#, "9007199254740993"] {
            let error = await #expect(throws: ConnectorError.self, "\(id)") {
                try await call(operation, backend(HTTPResponse(200, json: "\(answer), \"id\": \(id)}")))
            }
            #expect(error?.kind == .transient)
            #expect(error?.message.contains("was asked about order 77 and answers about") == true)
        }
    }

    /// Our own id is right, and an answer that tells none is what it was before, unless it is an end.
    @Test func ourIDAndNoneAreBelieved() async throws {
        for id in [#""77""#, "77", "null", #""""#, "{}"] {
            let backend = try backend(HTTPResponse(200, json: #"{"state": "ended", "id": \#(id)}"#))
            do {
                let outcome = try await backend.connector.poll(CAOrder(caRequestID: "77"), request: Example.request())
                guard case .rejected = outcome, id.contains("77") else { throw Unexpected(outcome) }
            } catch let error as ConnectorError {
                #expect(error.kind == .transient && !id.contains("77"), "\(id): \(error)")
            }
            for operation in ["cancel", "revoke", "validationState", "resendValidation"] {
                try await call(operation, backend)
            }
        }
    }

    /// The second request of an operation, and an id that an outcome reads.
    @Test func everyAnswerIsHeldToIt() async throws {
        let other = HTTPResponse(200, json: #"{"state": "ended", "id": "78"}"#)
        for answers in [
            [HTTPResponse(200, json: #"{"state": "more", "id": "77"}"#), other],
            [HTTPResponse(200, json: #"{"state": "named", "own": 78}"#)],
            // What tells the id says ours, and the outcome reads another one.
            [HTTPResponse(200, json: #"{"state": "named", "id": "77", "own": 78}"#)],
        ] {
            let backend = try backend(answers[0], answers[answers.count - 1])
            await #expect(throws: ConnectorError(.transient, "")) {
                try await backend.connector.poll(CAOrder(caRequestID: "77"), request: Example.request())
            }
        }
    }

    /// An answer that the program cannot read is none, unless it is an error, which the table reads.
    @Test func whatCannotBeComparedIsNotBelieved() async throws {
        let list = try backend(HTTPResponse(200, json: "[1]"))
        let error = await #expect(throws: ConnectorError.self) { try await call("cancel", list) }
        #expect(error?.kind == .transient && error?.message.contains("not understood") == true)
        let refusal = try backend(HTTPResponse(403, json: "[1]"))
        await #expect(throws: ConnectorError(.authentication, "")) { try await call("cancel", refusal) }
    }

    /// Where the id is a serial number, the certificate in an answer tells it, with and without leading zeros.
    @Test(arguments: [("0C0FFE0123456789", true), ("c0ffe0123456789", true), ("0C0FFE0123456780", false)])
    func aCertificateTellsItsSerialNumber(id: String, isOurs: Bool) async throws {
        let pem = try Folder.fixture("certificates/leaf.pem").replacing("\n", with: "\\n")
        let backend = try Backend(
            profile: Self.profile.replacing("answers: .json.id", with: "answers: .json.pem"),
            ScriptedClient(HTTPResponse(200, json: #"{"state": "ended", "pem": "\#(pem)"}"#)))
        do {
            let outcome = try await backend.connector.poll(CAOrder(caRequestID: id), request: Example.request())
            guard case .rejected = outcome else { throw Unexpected(outcome) }
            #expect(isOurs)
        } catch let error as ConnectorError {
            #expect(!isOurs && error.kind == .transient, "\(error)")
        }
    }

    /// There is nothing to compare with before the CA has given an id.
    @Test(arguments: ["enroll", "check"]) func onlyOrdersThatAreKnownCanBeAnswered(operation: String) throws {
        let text = smallProfile().replacing("  \(operation):\n", with: "  \(operation):\n    answers: .json.id\n")
        let profile = try ConnectorProfile.read(text, file: "test.yaml")
        #expect(RESTConnector.diagnose(profile).map(\.keyPath) == ["operations.\(operation).answers"])
    }

    /// A row is ours by its id, or without one by its comments; so is one of a certificate that was revoked.
    @Test(
        arguments: [
            #""comments": "for gw-7f3a", "backendCertId": null"#, #""comments": null, "backendCertId": "1000200300""#,
        ],
        ["rejected", "revoked"])
    func ourOwnEndCounts(members: String, state: String) async throws {
        let folder = try #require(try FixtureFolder.all().first { $0.name == "sectigo-scm" })
        let row = #"[{\#(members), "state": "\#(state)"}]"#
        let code = state == "revoked" ? -192 : -183
        let connector = try folder.backend(
            ScriptedClient(HTTPResponse(400, json: #"{"code": \#(code)}"#), HTTPResponse(200, json: row))
        ).connector
        let outcome = try await connector.poll(folder.order, request: folder.request())
        guard case .rejected = outcome else { throw Unexpected(outcome) }
    }

    /// The shipped profiles: an end of somebody else's order, where the CA tells whose it is.
    @Test(arguments: [
        ("digicert-certcentral", [#"{"id": 4711, "status": "rejected"}"#]),
        ("digicert-certcentral", [#"{"id": 4711, "status": "canceled"}"#]),
        ("ssl-com", [#"{"ref": "co-other", "order_status": "cancelled"}"#]),
        ("sectigo-scm", [#"{"code": -183}"#, #"[{"backendCertId": "4711", "state": "rejected"}]"#]),
        (
            "sectigo-scm",
            [#"{"code": -183}"#, #"[{"backendCertId": null, "comments": "gw-other", "state": "rejected"}]"#]
        ),
        // A row that names neither is nobody's, and a code alone says nothing of whose it is.
        ("sectigo-scm", [#"{"code": -183}"#, #"[{"backendCertId": null, "comments": null, "state": "rejected"}]"#]),
        ("sectigo-scm", [#"{"code": -183}"#, #"[{"state": "rejected"}]"#]),
        ("sectigo-scm", [#"{"code": -183}"#, #"[{"comments": "", "state": "rejected"}]"#]),
        ("sectigo-scm", [#"{"code": -192}"#, #"[{"backendCertId": "4711", "state": "revoked"}]"#]),
    ])
    func somebodyElsesEndEndsNothing(name: String, answers: [String]) async throws {
        let http = ScriptedClient { _, index throws(HTTPTransportError) in
            let json = answers[min(index, answers.count - 1)]
            return HTTPResponse(json.contains("code") ? 400 : 200, json: json)
        }
        let folder = try FixtureFolder.all().first { $0.name == name }
        let connector = try folder?.backend(http).connector ?? Backend(digicert: http).connector
        let error = await #expect(throws: ConnectorError.self) {
            try await connector.poll(
                folder?.order ?? Example.order, request: folder?.request() ?? Example.request())
        }
        #expect(
            error?.kind == .transient && error?.message.contains("answers about") == true, "\(error?.message ?? "")")
        #expect(http.requests.allSatisfy { $0.header("Cache-Control") == "no-cache" })
    }
}
