// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import ProfileOperations
import TestSupport
import Testing
import YAMLDocuments

@testable import RESTPlugin

@Suite(.timeLimit(.minutes(5))) struct ProfileDiagnosisTests {
    private func diagnose(_ text: String) throws -> [Diagnostic] {
        RESTConnector.diagnose(try ConnectorProfile.read(text, file: "planted.yaml"))
    }

    @Test func theSmallProfileIsFine() throws { #expect(try diagnose(smallProfile()) == []) }

    /// Compiling is most of a start: the connector takes what the diagnosis has made, and the next one makes its own.
    @Test func whatTheDiagnosisCompiledServesTheConnectorMadeNext() throws {
        let profile = try ConnectorProfile.read(smallProfile(), file: "small.yaml")
        #expect(RESTConnector.diagnose(profile) == [] && !profile.prepared.isEmpty)
        for _ in 0..<2 {
            _ = try RESTConnector(
                profile: profile, settings: ConnectorSettings(endpoint: "https://ca.example"),
                services: ConnectorServices(
                    http: ScriptedClient(HTTPResponse(200)), clock: TestClock(), logger: SilentLogger(),
                    rateLimiter: CountingLimiter()))
            #expect(profile.prepared.isEmpty)
        }
        _ = RESTConnector.diagnose(profile)
        var other = profile
        other.sections["operations"] = nil
        #expect(other.prepared.take(Int.self, of: other) == nil && !profile.prepared.isEmpty)
    }

    /// Ten mistakes in one profile; the number behind each is the line that must be named.
    @Test func tenPlantedMistakesGiveTenDiagnostics() throws {
        let text = """
            connector: planted
            title: Planted
            module: rest
            environments: {production: https://ca.example/api}
            login:
              headers: {X-Key: "${ .settings.apiKey "}
            operations:
              check:
                request: {method: FETCH, path: /me}
                outcomes: [{when: '.status == 200', account: {name: '.json.name', fact: '{}'}}]
              enroll:
                request: {method: POST, path: https://other.example/orders, json: '{csr: .request.csr.pem'}
                outcomes:
                  - {when: '.status == 201', pending: {orderID: '.json.id', waitingFor: nobody, retryAfter: soon}}
                  - {when: '$ENV.HOME', isued: {chain: '.json.pem'}}
              poll:
                request: {method: GET, path: "/orders/${ .order.caRequestID }"}
                outcomes:
                  - {when: 'true', then: {operation: nowhere}}
            """
        let found = try diagnose(text)
        let expected = [
            (6, "login.headers.X-Key"), (9, "operations.check.request.method"),
            (10, "operations.check.outcomes[0].account.fact"), (12, "operations.enroll.request.path"),
            (12, "operations.enroll.request.json"), (14, "operations.enroll.outcomes[0].pending.waitingFor"),
            (14, "operations.enroll.outcomes[0].pending.retryAfter"), (15, "operations.enroll.outcomes[1].when"),
            (15, "operations.enroll.outcomes[1].isued"), (19, "operations.poll.outcomes[0].then.operation"),
        ]
        #expect(found.map { "\($0.line ?? 0) \($0.keyPath)" }.sorted() == expected.map { "\($0.0) \($0.1)" }.sorted())
        #expect(found.first { $0.keyPath.hasSuffix("isued") }?.hint == "did you mean issued?")
    }

    @Test(arguments: [
        "//evil.example/x", "https://evil.example/x", "me", "/../x", "/a/../../x", "/a b", "/a\\\\b", "/a#b",
        "${ .order.caRequestID }/x", "/./x",
    ])
    func aPathCannotNameAHost(path: String) throws {
        let text = smallProfile(
            "  cancel: {request: {method: PUT, path: \"\(path)\"}, outcomes: [{when: 'true', done: {}}]}")
        #expect(try diagnose(text).map(\.keyPath) == ["operations.cancel.request.path"])
    }

    @Test(arguments: [
        "env", "$ENV", "input", "inputs", "import \"x\" as x; 1", "include \"x\"; 1", "debug", "halt", "halt_error",
        "input_filename", "$__prog_args", "1 | env.HOME", "\"\\(env)\"", "get_search_list",
    ])
    func aProgramCannotLookOutside(program: String) throws {
        let text = smallProfile(
            "  cancel: {request: {method: PUT, path: /x}, outcomes: [{when: '\(program)', done: {}}]}")
        #expect(try diagnose(text).map(\.keyPath) == ["operations.cancel.outcomes[0].when"])
    }

    @Test func loopsAreStopped() async throws {
        let text = smallProfile(
            "  cancel: {request: {method: PUT, path: /x}, outcomes: [{when: 'last(repeat(1))', done: {}}]}")
        #expect(try diagnose(text) == [])
        let backend = try Backend(profile: text, ScriptedClient(HTTPResponse(200)))
        await #expect(throws: ConnectorError(.transient, "")) {
            try await backend.connector.cancel(Example.order, note: "")
        }
        // The others go on.
        let outcome = try await Backend(
            profile: text, ScriptedClient(HTTPResponse(200, json: #"{"state": "waiting"}"#))
        )
        .connector.poll(Example.order, request: Example.request())
        guard case .pending = outcome else { throw Unexpected(outcome) }
    }

    @Test func followUpsMustEnd() throws {
        let text = smallProfile(
            """
              one: {request: {method: GET, path: /one}, outcomes: [{when: 'true', then: {operation: two}}]}
              two: {request: {method: GET, path: /two}, outcomes: [{when: 'true', then: {operation: one}}]}
            """)
        #expect(try diagnose(text).map(\.keyPath).sorted() == ["operations.one", "operations.two"])
        #expect(try diagnose(text).first?.message.contains("one → two → one") == true)
    }

    @Test func operationsFitTogether() throws {
        let unused = smallProfile(
            "  lookup: {request: {method: GET, path: /x}, outcomes: [{when: 'true', pending: {}}]}")
        #expect(try diagnose(unused).map(\.keyPath) == ["operations.lookup"])
        let misspelled = smallProfile(
            "  inventry: {request: {method: GET, path: /x}, outcomes: [{when: 'true', pending: {}}]}")
        #expect(try diagnose(misspelled).first?.hint == "did you mean inventory?")
        let wrong = smallProfile(
            "  cancel: {request: {method: GET, path: /x}, outcomes: [{when: 'true', issued: {chain: .x}}]}")
        #expect(try diagnose(wrong).map(\.keyPath) == ["operations.cancel.outcomes[0].issued"])
        let like = smallProfile("  renew: {like: enroll}\n  cancel: {like: enroll}")
        #expect(try diagnose(like).map(\.keyPath) == ["operations.cancel"])
        let bodies = smallProfile(
            "  cancel: {request: {method: GET, path: /x, json: '1', form: '{}'}, outcomes: [{when: 'true', done: {}}]}")
        #expect(try diagnose(bodies).count == 2)
        let headers = smallProfile("requestOptions: {headers: {Host: evil.example, \"X Y\": a}}")
        #expect(try diagnose(headers).count == 2)
    }

    @Test func aLoginAddressComesFromTheAdministratorOnly() throws {
        func login(_ address: String) -> String {
            smallProfile(
                login: "login: {token: {request: {method: POST, \(address)}, token: .json.access_token, lifetime: 5m}}")
        }
        #expect(try diagnose(login("addressFrom: tokenURL")) == [])
        #expect(try diagnose(login("path: /token")) == [])
        #expect(try diagnose(login("addressFrom: apiKey")).map(\.keyPath) == ["login.token.request.addressFrom"])
        #expect(try diagnose(login("path: https://evil.example")).map(\.keyPath) == ["login.token.request.path"])
    }

    @Test func everyKeyThatIsReadIsDescribed() {
        let paths = RESTConnector.profileKeys.map(\.path)
        #expect(Set(paths).count == paths.count)
        for kind in OutcomeKind.allCases {
            #expect(paths.contains("operations.*.outcomes[].\(kind.rawValue)"))
        }
    }
}
