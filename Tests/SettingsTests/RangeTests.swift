// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing
import YAMLDocuments

/// Every duration and every count of the configuration has two ends.
struct RangeTests {
    private static let durations = ["0s", "-5s", "1000000d", "99999999999999999999d", "1.5h", "5", "\"\"", "[5s]"]
    private static let counts = ["-1", "-9223372036854775808", "100000000000", "1e99", "1.5", "\"7\"", "many", "[7]"]

    /// Key paths of the file, and the section that holds the key, with `_` in the value's place.
    private static let ofDurations = [
        ("limits.interval", "limits: {interval: _}"), ("limits.driftEvery", "limits: {driftEvery: _}"),
        ("backendCAs[0].pollEvery", "backendCAs: [{name: a, connector: x, acceptedRoots: /r, pollEvery: _}]"),
        ("backendCAs[0].expectedWithin", "backendCAs: [{name: a, connector: x, acceptedRoots: /r, expectedWithin: _}]"),
        (
            "backendCAs[0].absenceIsSureAfter",
            "backendCAs: [{name: a, connector: x, acceptedRoots: /r, absenceIsSureAfter: _}]"
        ),
        (
            "backendCAs[0].limits[0].per",
            "backendCAs: [{name: a, connector: x, acceptedRoots: /r, limits: [{requests: 1, per: _}]}]"
        ),
    ]
    private static let ofCounts = [
        ("limits.ordersPerRun", "limits: {ordersPerRun: _}"), ("limits.concurrency", "limits: {concurrency: _}"),
        ("limits.keyGenerators", "limits: {keyGenerators: _}"),
        (
            "backendCAs[0].limits[0].requests",
            "backendCAs: [{name: a, connector: x, acceptedRoots: /r, limits: [{requests: _, per: 1s}]}]"
        ),
        (
            "templates[0].validityDays",
            "templates: [{name: t, group: g, backendCA: a, product: p, validityDays: _}]"
        ),
    ]

    private func problems(_ text: String) -> [Diagnostic] {
        do {
            _ = try ConfigurationReader.read(text, file: "certway.yaml", compiles: false)
            return []
        } catch { return error.all }
    }

    /// That file, key path, what was found and what was expected are in the sentence; nothing else is wrong.
    private func refuses(_ value: String, at path: String, in section: String, expecting expected: String) {
        let found = problems(section.replacing("_", with: value))
        #expect(found.count == 1 && found.first?.keyPath == path, "\(path): \(value): \(found)")
        let text = found.first?.description ?? ""
        #expect(text.hasPrefix("certway.yaml:1:") && text.contains(expected) && text.contains(", found "), "\(text)")
    }

    @Test(arguments: ofDurations) func aDurationOutOfItsRangeIsRefused(path: String, section: String) {
        // The one wait that may be none: a CA where an order shows at once.
        for value in Self.durations where !(value == "0s" && path.hasSuffix("absenceIsSureAfter")) {
            refuses(value, at: path, in: section, expecting: "expected a duration from ")
        }
        #expect(problems(section.replacing("_", with: "1h")) == [])
    }

    /// Whoever types what a refusal proposes is not refused again.
    @Test(arguments: ofDurations) func theExamplesOfARefusalAreTaken(path: String, section: String) throws {
        let sentence = problems(section.replacing("_", with: "soon")).first?.description ?? ""
        let examples = sentence.matches(of: /[0-9]+[smhd](?=[, ])/).map { String($0.0) }.dropFirst()
        #expect(examples.count > 2 && sentence.contains("such as"), "\(sentence)")
        for example in examples {
            #expect(problems(section.replacing("_", with: example)) == [], "\(example): \(sentence)")
        }
    }

    @Test(arguments: ofCounts) func aCountOutOfItsRangeIsRefused(path: String, section: String) {
        for value in Self.counts + (path.hasSuffix("ordersPerRun") ? [] : ["0"]) {
            refuses(value, at: path, in: section, expecting: "expected a whole number from ")
        }
        #expect(problems(section.replacing("_", with: "7")) == [])
    }

    @Test func theSentenceNamesBothEnds() {
        #expect(
            problems("limits: {interval: 0s}").map(\.description) == [
                "certway.yaml:1:20: limits.interval: expected a duration from 10s to 7d, such as 15m, 2h or 3d, found \"0s\""
            ])
    }
}
