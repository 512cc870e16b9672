// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX
import Testing
import YAMLDocuments

@testable import ProfileOperations
@testable import RESTPlugin

/// Profiles with one kind of mistake each, and what is said about it: line, and words of the sentence.
@Suite(.timeLimit(.minutes(5))) struct ProfileMistakeTests {
    private static let mistakes: [(String, [(line: Int, words: String)])] = [
        ("m13-setting-typo", [18, 25, 43].map { ($0, "unknown settings.labell") }),
        (
            "m14-request-typo",
            [(25, "unknown request.csr.pemm"), (52, "unknown .orders"), (52, "unknown revocation.reson")]
        ),
        ("m09-secret-path", [(25, "settings.key is a secret")]),
        (
            "revthen",
            [(54, "the outcome then is not possible here"), (58, "the outcome revoked is not possible here")]
        ),
        ("cfssl-then-without-poll", [(22, "there is no operation poll")]),
        ("cfssl-identifiers-lost", [(22, "there is no operation poll")]),
        ("cfssl-prepare-post", [(17, "a preparation only reads"), (24, "there is no operation poll")]), ("m29-bom", []),
    ]

    @Test(arguments: mistakes) func isTold(_ name: String, _ expected: [(line: Int, words: String)]) throws {
        let file = "mistakes/\(name).yaml"
        let found = RESTConnector.diagnose(try ConnectorProfile.read(Folder.fixture(file), file: file))
        #expect(found.count == expected.count, "\(found)")
        for (line, words) in expected {
            #expect(found.contains { abs(($0.line ?? 0) - line) <= 1 && $0.message.contains(words) }, "\(found)")
        }
    }

    @Test func aTabIsToldInPlainWords() throws {
        let error = #expect(throws: Diagnostics.self) {
            try ConnectorProfile.read(Folder.fixture("mistakes/m04-tab.yaml"), file: "m04-tab.yaml")
        }
        #expect(error?.all.first?.line == 19 && error?.all.first?.message.contains("a tab") == true)
    }

    /// A path is only judged where the input is certainly the program's own.
    @Test(arguments: [
        (".settings.lost", true), ("{a: .settings.lost, then: 1}", true),
        ("if .a | .b then .settings.lost else 1 end", true),
        (".a as $x | .settings.lost", true), ("\"x\\(.settings.lost)\"", true),
        ("error({refused: .settings.lost})", true),
        (".json | .settings.lost", false), ("[.a[] | {b: .settings.lost}]", false), ("map(.settings.lost)", false),
        ("$x.settings.lost", false), (".json.settings.lost", false), ("reduce .a[] as $x (0; .settings.lost)", false),
        ("\".settings.lost\"", false), ("1 # .settings.lost", false), (".a |= .settings.lost", false),
    ]) func aPathIsFoundWhereItIsOne(_ program: String, _ isFound: Bool) throws {
        let quoted = program.replacing("'", with: "''")
        let text = try Folder.fixture("mistakes/m29-bom.yaml").replacing(
            "account: {name: '\"cfssl answers\"'", with: "account: {name: '\(quoted)'")
        let found = RESTConnector.diagnose(try ConnectorProfile.read(text, file: "planted.yaml"))
        #expect(found.contains { $0.message.hasPrefix("unknown settings.lost") } == isFound, "\(found)")
    }

    /// What only running shows: a hole that gets null where an optional setting or name is left out, and errors of jq.
    @Test(arguments: [
        ("path: /sign", "path: \"/sign/${ .settings.label }\"", "with only the required settings"),
        ("path: /sign", "path: \"/sign/${ .request.names.commonName }\"", "with only the required names"),
        ("path: /revoke", "path: \"/revoke/${ .order.caRequestID | .[0] }\"", "Cannot index string"),
        ("path: /revoke", "path: /revoke, query: '[1]'", "expected an object"),
    ]) func runningShowsIt(_ before: String, _ after: String, _ words: String) throws {
        let text = try Folder.fixture("mistakes/m29-bom.yaml")
        let good = try ConnectorProfile.read(text, file: "good.yaml")
        #expect(RESTConnector.tryOut(good) == [])
        let start = after.contains("query:") ? "      \(before)\n" : before
        let mended = after.replacing(", query", with: "\n      query")
        let planted = text.replacing(start, with: after.contains("query:") ? "      \(mended)\n" : mended)
        #expect(planted != text)
        let profile = try ConnectorProfile.read(planted, file: "planted.yaml")
        #expect(RESTConnector.diagnose(profile) == [])
        let found = RESTConnector.tryOut(profile)
        #expect(found.count == 1 && found[0].message.contains(words), "\(found)")
        let line = planted.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
            $0.contains(after.contains("query:") ? "query: '[1]'" : after)
        }
        #expect(found.first?.line == line.map { $0 + 1 })
    }

    /// A request that a program refuses by itself is no mistake, and neither is a value that only the CA can give.
    @Test func whatIsMeantIsNotTold() throws {
        let text = try Folder.fixture("mistakes/m29-bom.yaml").replacing(
            "    request: {method: POST, path: /certinfo,",
            with: "    request: {method: POST, path: '/x/${ error({configuration: \"no\"}) }',")
        let profile = try ConnectorProfile.read(text, file: "planted.yaml")
        #expect(RESTConnector.diagnose(profile) == [])
        #expect(RESTConnector.tryOut(profile) == [])
    }

    /// The objects that programs see are closed lists: they name what the requests really have.
    @Test func theListsAreWhatProgramsSee() throws {
        let profile = try ConnectorProfile.read(Folder.fixture("mistakes/m29-bom.yaml"), file: "good.yaml")
        let order = try #require(try SampleOrders.all(profile, now: Date(timeIntervalSince1970: 0)).first)
        func keys(_ value: JSONValue?) -> [String] { (value?.object ?? [:]).keys.sorted() }
        let fixed = ProgramInput.members.mapValues { $0.sorted() }
        #expect(keys(order.request.json) == fixed["request"])
        #expect(keys(order.request.json["csr"]) == fixed["request.csr"])
        #expect(keys(CAOrder(caRequestID: "1").json) == fixed["order"])
        let certificate = try #require(try Certificate.all(pem: Folder.fixture("certificates/leaf.pem")).first)
        let revocation = RevocationRequest(
            certificate: certificate, order: CAOrder(caRequestID: "1"), reason: .keyCompromise, comment: "x")
        #expect(keys(try revocation.json(profile.revocationReasons)) == fixed["revocation"])
    }
}
