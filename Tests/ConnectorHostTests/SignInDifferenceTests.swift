// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import PKIX
import Secrets
import Testing

/// Names and secrets are marked apart, so that a renewed key is told from another login.
@Suite struct SignInDifferenceTests {
    private let key = SealingKey.random()

    private func mark(_ secrets: [String: String], _ names: [String: String]?) throws -> String? {
        let made = try Registry().backend()
        return BackendCA(
            name: "one", profile: made.profile, connector: made.connector, acceptedRoots: [],
            secrets: secrets.mapValues { Secret($0) }, signInNames: names
        ).secretsMark(under: key)
    }

    @Test func whatDiffersIsTold() throws {
        let (secrets, names) = (["password": "1"], ["login": "one", "tokenURL": "x"])
        let former = try mark(secrets, names)
        #expect((former?.utf8.count ?? 0) <= 64, "the ledger has room for 64 characters")
        #expect(former?.contains("one") == false)
        #expect(try SignInDifference(former, mark(secrets, names)) == nil)
        #expect(try SignInDifference(former, mark(["password": "2"], names)) == .secrets)
        #expect(try SignInDifference(former, mark([:], names)) == .secrets)
        for others in [["login": "two", "tokenURL": "x"], ["login": "one"], ["login": "x", "tokenURL": "one"], [:]] {
            #expect(try SignInDifference(former, mark(secrets, others)) == .names, "\(others)")
            #expect(try SignInDifference(former, mark(["password": "2"], others)) == .names, "\(others)")
        }
    }

    /// A version, or a profile, that knew of no names.
    @Test func marksWithoutNamesAreComparedByTheirSecrets() throws {
        let former = try mark(["password": "1"], nil)
        #expect(former?.utf8.count == 32)
        #expect(try SignInDifference(former, mark(["password": "1"], ["login": "one"])) == nil)
        #expect(try SignInDifference(former, mark(["password": "2"], ["login": "one"])) == .secrets)
        #expect(try SignInDifference(former, mark([:], nil)) == .secrets)
        #expect(SignInDifference(nil, former) == nil)
        #expect(try mark([:], nil) == nil)
        // Where nothing is secret, names are all there is.
        #expect(try SignInDifference(mark([:], ["login": "one"]), mark([:], ["login": "two"])) == .names)
    }
}
