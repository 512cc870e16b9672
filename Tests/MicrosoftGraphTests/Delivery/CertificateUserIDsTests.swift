// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import HTTPServing
import JSONDocuments
import MicrosoftGraph
import PKIX
import Synchronization
import TestSupport
import Testing

/// wire/entra-cba.md section 4.
@Suite(.timeLimit(.minutes(5))) struct CertificateUserIDsTests {
    private static let user = "5f2c7c1e-0d3b-4a86-9f17-2b6d8e4c9a10"

    /// An account, and what another program writes between our reading and our writing.
    private final class Account: Sendable {
        let values: Mutex<[String]>
        let overwrites: Mutex<[[String]]>
        private let isSynchronised: Bool

        init(_ values: [String], overwrites: [[String]] = [], isSynchronised: Bool = false) {
            self.values = Mutex(values)
            self.overwrites = Mutex(overwrites)
            self.isSynchronised = isSynchronised
        }

        func answer(_ request: ServerRequest) -> ServerAnswer {
            guard request.path == "/v1.0/users/\(user)" else { return .graphError(404, "Request_ResourceNotFound") }
            switch request.method {
            case "GET":
                return .json([
                    "id": .string(user), "onPremisesSyncEnabled": .bool(isSynchronised),
                    "authorizationInfo": ["certificateUserIds": JSONValue(values.withLock { $0 })],
                ])
            case "PATCH":
                let body = try? JSONValue(parsing: String(decoding: request.body, as: UTF8.self))
                let wanted = body?["authorizationInfo"]?["certificateUserIds"]?.array?.compactMap(\.string)
                guard let wanted else { return .graphError(400, "Request_BadRequest") }
                values.withLock { $0 = wanted }
                if let other = overwrites.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
                    values.withLock { $0 = other }
                }
                return .response(status: 204)
            default: return .graphError(405, "MethodNotAllowed")
            }
        }
    }

    private func ids(_ account: Account) throws -> (CertificateUserIDs, GraphHarness) {
        let graph = try GraphHarness { request, _ in account.answer(request) }
        return (CertificateUserIDs(graph: graph.client), graph)
    }

    /// The worked values of the sheet; `openssl` has no such form.
    @Test func valuesAreAsEntraWritesThem() throws {
        let certificate = try Fixtures.user().certificate
        #expect(
            CertificateUserIDField.issuerAndSerialNumber.value(of: certificate)
                == "X509:<I>CN=Vector Issuing CA<SR>efcdab9078563412")
        #expect(CertificateUserIDField.subjectKeyIdentifier.value(of: certificate) == nil)
    }

    @Test func othersValuesStay() async throws {
        let account = Account(["X509:<PN>ada@sandbox.example"])
        let (ids, graph) = try ids(account)
        #expect(try await ids.add("X509:<SKI>c6f4", to: Self.user) == .stands)
        #expect(account.values.withLock { $0 } == ["X509:<PN>ada@sandbox.example", "X509:<SKI>c6f4"])
        // Hexadecimal digits in the other case are the same value: nothing is written.
        let before = graph.service.requests.count { $0.method == "PATCH" }
        #expect(try await ids.add("X509:<SKI>C6F4", to: Self.user) == .stands)
        #expect(graph.service.requests.count { $0.method == "PATCH" } == before)
        try await ids.remove("X509:<SKI>C6F4", from: Self.user)
        #expect(account.values.withLock { $0 } == ["X509:<PN>ada@sandbox.example"])
        try await ids.remove("X509:<SKI>c6f4", from: Self.user)
        try await ids.remove("X509:<SKI>c6f4", from: "gone")
    }

    /// Graph takes whole lists: another program that wrote a list without ours is noticed.
    @Test func whatAnotherProgramWritesMeanwhileIsMerged() async throws {
        let account = Account([], overwrites: [["X509:<SKI>other"]])
        #expect(try await ids(account).0.add("X509:<SKI>own", to: Self.user) == .stands)
        #expect(account.values.withLock { $0 } == ["X509:<SKI>other", "X509:<SKI>own"])
        let stubborn = Account([], overwrites: Array(repeating: ["X509:<SKI>other"], count: 10))
        let error = await #expect(throws: GraphError.self) {
            _ = try await ids(stubborn).0.add("X509:<SKI>own", to: Self.user)
        }
        #expect(error?.kind == .transient)
    }

    @Test func whatCannotBeWrittenIsSaid() async throws {
        let full = Account((1...10).map { "X509:<SKI>0\($0)" })
        let error = await #expect(throws: GraphError.self) {
            _ = try await ids(full).0.add("X509:<SKI>own", to: Self.user)
        }
        #expect(error?.kind == .refused && error?.message.contains("10 are the most") == true)
        #expect(full.values.withLock { $0.count } == 10)
        let synchronised = Account(["X509:<SKI>old"], isSynchronised: true)
        #expect(try await ids(synchronised).0.add("X509:<SKI>own", to: Self.user) == .comesFromOnPremises)
        #expect(try await ids(synchronised).0.add("X509:<SKI>old", to: Self.user) == .stands)
        #expect(synchronised.values.withLock { $0 } == ["X509:<SKI>old"])
        let missing = await #expect(throws: GraphError.self) {
            _ = try await ids(full).0.add("X509:<SKI>own", to: "nobody")
        }
        #expect(missing?.kind == .notFound)
    }

    /// Half an answer must not become the whole list.
    @Test(arguments: ["{}", #"{"id": "USER"}"#, #"{"id": "USER", "authorizationInfo": {"certificateUserIds": [7]}}"#])
    func anAnswerThatIsNotUnderstoodChangesNothing(_ answer: String) async throws {
        let graph = try GraphHarness { request, _ in
            request.method == "GET"
                ? .response(status: 200, body: Array(answer.replacing("USER", with: Self.user).utf8))
                : .response(status: 204)
        }
        await #expect(throws: GraphError.self) {
            _ = try await CertificateUserIDs(graph: graph.client).add("X509:<SKI>own", to: Self.user)
        }
        #expect(!graph.service.requests.contains { $0.method == "PATCH" })
    }
}
