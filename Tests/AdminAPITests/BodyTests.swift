// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AdminAPI

/// What is read from a body is what everybody else reads there.
@Suite(.timeLimit(.minutes(1))) struct BodyTests {
    @Test(arguments: [
        (#"{"expect": 1, "because": "x", "expect": 2}"#, "expect"), (#"{"a": 1, "\u0061": 2}"#, "a"),
        (#"{"list": [1, {"deep": {"x": 1, "y": [], "x": {}}}]}"#, "x"), (#"{"a": {"b": 1}, "a": {"c": 2}}"#, "a"),
        (#"{"a": {}, "a": []}"#, "a"), (#"[{"a": 1}, {"a": [[], {"b": 1}], "c": 1, "a": null}]"#, "a"),
    ])
    func whatStandsTwiceIsRefused(_ text: String, _ name: String) async throws {
        let answer = await (try served()).ask("POST", "/things", bytes: Array(text.utf8))
        #expect(answer.status == 400 && answer.code == "invalid", "\(answer.text)")
        #expect(answer.text.contains("the member \\\"\(name)\\\" stands twice"), "\(answer.text)")
    }

    @Test(arguments: [
        #"{"a": {"a": {"a": [{"a": 1}, {"a": 2}]}}, "b": {"a": 1}}"#, "[[1, 1], [1], 1]",
        #"{"a": [], "b": {}, "c": [[], []]}"#, "1",
        #"[{"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 2}}, {"a": {"b": 1}}]"#,
    ])
    func whatStandsInSeveralPlacesIsTaken(_ text: String) async throws {
        #expect(await (try served()).ask("POST", "/things", bytes: Array(text.utf8)).status == 200)
    }

    @Test func whatIsNoTextIsRefused() async throws {
        let answer = await (try served()).ask(
            "POST", "/things", bytes: Array(#"{"because": ""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8))
        #expect(answer.status == 400 && answer.text.contains("not UTF-8"), "\(answer.text)")
    }

    private func served() async throws -> ServedGateway {
        try await ServedGateway([
            APIOperation("change", .post, "/things", tag: "t", "s", permission: nil, body: .any, answer: .json(.any)) {
                _ in .json([:])
            }
        ])
    }
}
