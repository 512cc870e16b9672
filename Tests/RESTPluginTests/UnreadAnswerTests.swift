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

    /// It does not go away by itself: it is the profile's, whose file is named with what the CA said, bounded and in one line. Another
    /// answer may be readable, so nobody concludes anything that lasts.
    @Test func aWordThatNoRuleKnowsIsTheIntegrators() async throws {
        let long = String(repeating: "x", count: 5000)
        let error = try #require(try await failure(Self.answered, "{\"state\": \"I\",\n\"text\": \"\(long)\"}"))
        #expect(error.kind == .configuration && error.ifAbsent == .transient)
        for part in ["operations.poll", "the integrator", ".yaml", "--log trace", #"{"state": "I", "text""#] {
            #expect(error.message.contains(part), "\(part): \(error.message)")
        }
        #expect(error.message.count < 600 && !error.message.contains("\n"))
    }

    /// A page of somebody on the way says nothing of the profile.
    @Test func aPageIsNotTheProfilesFault() async throws {
        #expect(try await failure(Self.answered, "<html>busy</html>")?.kind == .transient)
    }

    /// An order's outcome stays unknown, and a search concludes nothing from such an answer.
    @Test func anOrderStaysInDoubtAndASearchGoesOn() async throws {
        let find = """
              findByReference:
                request: {method: GET, path: /orders}
                outcomes: [{when: '.json.orders', candidates: {list: '.json.orders', next: 'null'}}]
                match: 'true'
            """
        let profile = smallProfile(find).replacing(
            "operations:", with: "abilities: [findByReference, poll]\noperations:")
        let backend = try Backend(
            profile: profile,
            ScriptedClient { _, _ throws(HTTPTransportError) in HTTPResponse(200, json: #"{"new": "shape"}"#) })
        let order = await #expect(throws: ConnectorError.self) {
            try await backend.connector.enroll(Example.request())
        }
        #expect(order?.kind == .outcomeUnknown && order?.ifAbsent == nil)
        #expect(order?.message.contains(#"the CA said {"new": "shape"}"#) == true, "\(order?.message ?? "")")
        await #expect(throws: ConnectorError(.transient, "")) { try await backend.connector.find(Example.request()) }
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

    /// Nothing where the profile must read something is no empty list and no nameless account: an empty list proves that an order is
    /// not there, and it would be bought again.
    @Test(arguments: ["{}", #"{"name": null, "orders": null}"#, #"{"orders": "none"}"#])
    func whatMustBeReadAndIsNotThereIsTold(answer: String) async throws {
        let find = """
              findByReference:
                request: {method: GET, path: /orders}
                outcomes: [{when: 'true', candidates: {list: '.json.orders', next: 'null'}}]
                match: 'true'
            """
        let profile = smallProfile(find).replacing(
            "operations:", with: "abilities: [findByReference, poll]\noperations:")
        let backend = try Backend(
            profile: profile,
            ScriptedClient { _, _ throws(HTTPTransportError) in HTTPResponse(200, json: answer) })
        let list = await #expect(throws: ConnectorError.self) { try await backend.connector.find(Example.request()) }
        #expect(list?.message.contains("findByReference.outcomes[0].candidates.list: there is no list") == true)
        let name = await #expect(throws: ConnectorError.self) { try await backend.connector.check() }
        #expect(name?.message.contains("check.outcomes[0].account.name: there is no name") == true)
    }
}
