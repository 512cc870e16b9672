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

    /// Until the time of a call is over its order may come to the CA.
    @Test(arguments: [
        ("59s", "", true), ("60s", "", false), ("89s", ", timeout: 90s", true), ("90s", ", timeout: 90s", false),
    ])
    func absenceIsNotSureBeforeACallIsOver(absence: String, timeout: String, isMistake: Bool) throws {
        let text = smallProfile(limits: "absenceIsSureAfter: \(absence)").replacing(
            "request: {method: POST, path: \"/orders/", with: "request: {method: POST\(timeout), path: \"/orders/")
        let found = RESTConnector.diagnose(try ConnectorProfile.read(text, file: "test.yaml"))
        #expect(found.map(\.keyPath) == (isMistake ? ["absenceIsSureAfter"] : []), "\(found)")
        #expect(!isMistake || found[0].message.contains("that enroll may take, found \(absence)"), "\(found)")
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

    /// Names at the top of the input, in every place where a program may stand: requests, logins and what reads answers.
    @Test(
        arguments: [
            ("'.json.name'", "'.jsn.name'", "unknown .jsn"),
            ("'.status == 200'", "'.stauts == 200'", "unknown .stauts"),
            (".request.product }", ".reqest.product }", "unknown .reqest"),
            ("chain: .json.pem, orderID", "chain: '[.jsn.rows[] | .pem]', orderID", "unknown .jsn"),
            ("login: {", "login: {query: {q: '${ .setings.apiKey }'}, ", "unknown .setings"),
            ("/login, json: '{", "/login, json: '{house: .setings.apiKey, ", "unknown .setings"),
            ("token: .json.token", "token: .jsn.token", "unknown .jsn"),
            ("token: .json.token", "token: .json.token, value: '${ .tokn }'", "unknown .tokn"),
            ("errors: [{when: '.json.bad'", "errors: [{when: '.jsn.bad'", "unknown .jsn"),
            ("{csr: .request.csr.der,", "{csr: (.request as $r | $r.csr.dre),", "unknown request.csr.dre"),
            (
                "{csr: .request.csr.der,", "{csr: (.request.names as $n | \"\\($n.familyName)\"),",
                "unknown request.names.familyName"
            ),
            ("'.json.bad'", "'.json.bad | . == .request.reference'", "behind a pipe .request.reference"),
            (
                "'.json.bad'", "'[.json.bad[] | select(.note == .order.caRequestID)]'",
                "behind a pipe .order.caRequestID"
            ),
            ("'.json.bad'", "'.request.reference as $r | .json.bad | same_reference($r)'", nil),
            ("'.json.bad'", "'.json.bad | .request[\"reference\"]'", nil),
            ("'.json.bad'", "'if .json.bad | not then .request.reference else null end'", nil),
            ("{csr: .request.csr.der,", "{csr: (.json as $r | .request as $r | $r.csr.dre),", "unknown .json"),
        ] as [(String, String, String?)]) func aNameThatIsNoneIsTold(_ right: String, _ wrong: String, _ words: String?)
        throws
    {
        let text = smallProfile(
            login:
                "login: {token: {request: {method: POST, path: /login, json: '{key: .settings.apiKey}'}, token: .json.token, lifetime: 5m}}",
            errors: "errors: [{when: '.json.bad', kind: configuration}]")
        #expect(RESTConnector.diagnose(try ConnectorProfile.read(text, file: "good.yaml")) == [])
        let planted = text.replacing(right, with: wrong, maxReplacements: 1)
        #expect(planted != text)
        let found = RESTConnector.diagnose(try ConnectorProfile.read(planted, file: "planted.yaml"))
        #expect(found.count == (words == nil ? 0 : 1), "\(found)")
        #expect(words.map { found.first?.message.hasPrefix($0) == true } ?? true, "\(found)")
    }

    /// One mistake is told once, with what to do.
    @Test(arguments: [
        (
            "- {when: '.status == 201', pending: {orderID: .json.id}}",
            "- {when: '.status == 201', then: {operation: pol}}", "expected one of", "poll"
        ),
        ("account: {name: '.json.name'}", "done: {}", "the outcome done is not possible here", "account"),
        ("account: {name: '.json.name'}", "issued: {}", "the outcome issued is not possible here", "account"),
        ("account: {name: '.json.name'}", "account: {name: {a: 1}}", "expected a jq program, found", "in quotes"),
    ]) func aMistakeIsToldOnce(_ right: String, _ wrong: String, _ words: String, _ hint: String) throws {
        let text = smallProfile(wrong.contains("pol}") ? "  polled: {like: poll}" : "")
        let planted = text.replacing(right, with: wrong)
        #expect(planted != text)
        let found = RESTConnector.diagnose(try ConnectorProfile.read(planted, file: "planted.yaml"))
        #expect(found.count == 1 && found[0].message.hasPrefix(words), "\(found)")
        #expect(found.first?.hint?.contains(hint) == true, "\(found)")
    }

    /// An ability that is promised and has no operation is missing at each backend CA.
    @Test func aPromiseWithoutOperationIsTold() throws {
        let text = smallProfile(limits: "abilities: [poll, renew]")
        let found = RESTConnector.tryOut(try ConnectorProfile.read(text, file: "test.yaml"))
        #expect(found.map(\.message) == ["renew is promised, but there is no operation renew"], "\(found)")
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
