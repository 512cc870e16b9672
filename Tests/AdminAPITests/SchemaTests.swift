// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing

@testable import AdminAPI

@Suite struct SchemaTests {
    private static let schema = APISchema.body(
        APIField("name", .text(length: 2...4)), APIField("count", .integer(1...9), optional: true),
        APIField("kind", .word(["now", "later"]), optional: true),
        APIField("parts", .list(.boolean, count: 0...2), optional: true),
        APIField("day", .formatted(.day), optional: true),
        APIField("at", .nullable(.time), optional: true), APIField("more", .map(.number), optional: true))

    @Test(arguments: [
        #"{"name": "ab"}"#, #"{"name": "ab", "count": 9, "kind": "now", "parts": [true]}"#,
        #"{"name": "ab", "day": "2026-02-28", "at": null, "more": {"x": 1.5}}"#,
        #"{"name": "ab", "at": "2026-02-28T23:59:59Z"}"#,
    ])
    func whatFitsIsTaken(_ text: String) throws {
        #expect(Self.schema.faults(try JSONValue(parsing: text)) == [])
    }

    @Test(arguments: [
        (#"[]"#, [""]), (#"{}"#, ["/name"]), (#"{"name": "a"}"#, ["/name"]), (#"{"name": 5}"#, ["/name"]),
        (#"{"name": "ab", "count": 0}"#, ["/count"]), (#"{"name": "ab", "count": 1.5}"#, ["/count"]),
        (#"{"name": "ab", "kind": "nou"}"#, ["/kind"]), (#"{"name": "ab", "parts": [1]}"#, ["/parts/0"]),
        (#"{"name": "ab", "parts": [true, true, true]}"#, ["/parts"]),
        (#"{"name": "ab", "day": "2026-02-30"}"#, ["/day"]),
        (#"{"name": "ab", "at": "2026-02-28 10:00"}"#, ["/at"]),
        (#"{"name": "ab", "more": {"a/b~": "x"}}"#, ["/more/a~1b~0"]),
        (#"{"nam": "ab"}"#, ["/name", "/nam"]),
    ])
    func everyFaultIsNamed(_ text: String, _ places: [String]) throws {
        #expect(Self.schema.faults(try JSONValue(parsing: text)).map(\.pointer) == places)
    }

    @Test func theNearestNameIsOffered() throws {
        let faults = Self.schema.faults(["nam": "ab", "name": "ab", "kind": "nou"])
        #expect(faults.contains { $0.pointer == "/nam" && $0.detail.contains("name") })
        #expect(faults.contains { $0.pointer == "/kind" && $0.detail.contains("now") })
    }
}
