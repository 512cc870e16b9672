// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import PKIX
import Testing

@testable import RESTPlugin

/// What a program of the profile cannot read of an answer is told with the place in the profile, whatever it reads.
@Suite struct UnreadAnswerTests {
    private static let answered = "- {when: '.json.pem', issued: {chain: .json.pem}}"

    private func failure(_ rule: String, answers: String = "null", _ answer: String) async throws -> ConnectorError? {
        let profile = smallProfile("    answers: '\(answers)'").replacing(Self.answered, with: rule)
        let backend = try Backend(
            profile: profile.replacing("operations:", with: "abilities: [poll]\noperations:"),
            ScriptedClient { _, _ throws(HTTPTransportError) in HTTPResponse(200, json: answer) })
        return await #expect(throws: ConnectorError.self) {
            try await backend.connector.poll(CAOrder(caRequestID: "77"), request: Example.request())
        }
    }

    @Test(arguments: [
        (
            "- {when: '.json.a.b == 1', issued: {chain: .json}}", #"{"a": "x"}"#,
            "[0].when: cannot index string with \"b\""
        ),
        ("- {when: '.json.a', issued: {chain: '.json.a | error'}}", #"{"a": "x"}"#, "[0].issued.chain: "),
        (
            answered, #"{"pem": "-----BEGIN PKCS7-----\nbnVsbA==\n-----END PKCS7-----"}"#, "[0].issued.chain: "
        ),
        (answered, #"{"pem": "x"}"#, "[0].issued.chain: there is no certificate where the profile looks for it"),
    ])
    func thePlaceIsTold(rule: String, answer: String, words: String) async throws {
        let error = try await failure(rule, answer)
        #expect(error?.message.contains("operations.poll.outcomes\(words)") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("the connector profile is wrong there") == true, "\(error?.message ?? "")")
        #expect(error?.kind == .transient)
    }

    /// No outcome is for the answer: the operation is told.
    @Test func whatNoOutcomeCoversIsTold() async throws {
        let error = try await failure(Self.answered, "{}")
        #expect(error?.message.contains("no outcome of operations.poll covers it") == true, "\(error?.message ?? "")")
    }

    /// An address that ends with the id is about the order: the profile reads too much. Any other text is somebody else's order, or may be.
    @Test(arguments: [
        ("/jobs/77", ConnectorError.Kind.configuration), ("https://ca.example/jobs?id=77", .configuration),
        ("/jobs/78", .transient), ("177", .transient), ("J-77", .transient),
    ])
    func anAddressForAnIDIsTheProfilesMistake(id: String, kind: ConnectorError.Kind) async throws {
        let error = try await failure(Self.answered, answers: ".json.id", #"{"id": "\#(id)"}"#)
        #expect(error?.kind == kind)
        #expect(error?.message.contains("operations.poll.answers") == true, "\(error?.message ?? "")")
    }
}
