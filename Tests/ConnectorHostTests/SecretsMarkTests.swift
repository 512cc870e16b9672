// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import PKIX
import Secrets
import Testing

/// The mark is the same for the same secrets, another one for any others, and says nothing of them.
@Suite struct SecretsMarkTests {
    private let key = SealingKey.random()

    @Test func itFollowsTheSecretAsItIsUsed() throws {
        let subject = try Registry()
        let first = try #require(try subject.backend().secretsMark(under: key))
        #expect(first.split(separator: "-").map(\.count) == [32, 24])
        #expect(first.allSatisfy { $0.isHexDigit || $0 == "-" })
        // A line break after it is no part of the secret, and other settings are none.
        try subject.folder.write("first\n", to: "key")
        try subject.configure("pollEvery: 5s,", settings: ", note: another")
        #expect(try subject.backend().secretsMark(under: key) == first)
        // A setting that signs in is part of it.
        try subject.configure(settings: ", user: ra-one")
        let named = try subject.backend().secretsMark(under: key)
        #expect(SignInDifference(first, named) == .names)
        try subject.configure(settings: ", user: ra-two")
        #expect(try SignInDifference(named, subject.backend().secretsMark(under: key)) == .names)
        try subject.configure()
        try subject.folder.write("second", to: "key")
        #expect(try subject.backend().secretsMark(under: key) != first)
        try subject.folder.write("first", to: "key")
        #expect(try subject.backend().secretsMark(under: key) == first)
        #expect(try subject.backend().secretsMark(under: .random()) != first)
    }

    @Test func anyDifferenceShows() throws {
        let subject = try Registry()
        let made = try subject.backend()
        let sets = [
            ["a": "1", "b": "2"], ["a": "2", "b": "1"], ["a": "1"], ["b": "1"], ["a": "1", "b": ""], ["a": "12"],
            ["ab": "1"], ["a": "1", "c": "2"],
        ]
        let marks = sets.map { secrets in
            BackendCA(
                name: "one", profile: made.profile, connector: made.connector, acceptedRoots: [],
                secrets: secrets.mapValues { Secret($0) }
            ).secretsMark(under: key)
        }
        #expect(Set(marks).count == sets.count && !marks.contains(nil))
        let without = BackendCA(name: "one", profile: made.profile, connector: made.connector, acceptedRoots: [])
        #expect(without.secretsMark(under: key) == nil)
    }
}
