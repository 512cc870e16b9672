// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ExchangeOnline
import Foundation
import HTTPServing
import JSONDocuments
import MicrosoftGraph
import Publication
import Settings
import Synchronization
import Testing

/// wire/exchange-online.md sections 1 and 3.
@Suite(.timeLimit(.minutes(5))) struct ExchangeDirectoryTests {
    typealias Form = CertificateDirectoryConfiguration.ExchangeForm

    private let subject = PublicationSubject(
        id: "7f0c", userPrincipalName: "ada@sandbox.example", addresses: ["ada@sandbox.example"])
    private let others: [UInt8] = [1, 2, 3]
    private let first: [UInt8] = [48, 130, 1]
    private let second: [UInt8] = [48, 130, 2]

    /// One recipient of the endpoint, as the sheet has it.
    final class Recipient: Sendable {
        struct State {
            var values: [[UInt8]] = []
            var kind = "Mailbox"
            var isSynchronised = false
            var accepts: Set<Form> = Set(Form.allCases)
            var readsAsNumbers = false
        }

        let state: Mutex<State>

        init(_ state: State) { self.state = Mutex(state) }

        func answer(_ request: ServerRequest) -> ServerAnswer {
            let input = (try? JSONValue(parsing: request.body))?["CmdletInput"]
            let (cmdlet, parameters) = (input?["CmdletName"]?.string ?? "", input?["Parameters"] ?? [:])
            return state.withLock { state in
                guard parameters["Identity"] == "7f0c", cmdlet.hasSuffix("-\(state.kind)") else {
                    return Self.failure(
                        404, "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException", "not found")
                }
                if cmdlet.hasPrefix("Get-") {
                    let values: [JSONValue] = state.values.map { value in
                        state.readsAsNumbers
                            ? .array(value.map { JSONValue(Int($0)) }) : .string(Data(value).base64EncodedString())
                    }
                    return .json([
                        "value": [["UserCertificate": .array(values), "IsDirSynced": .bool(state.isSynchronised)]]
                    ])
                }
                guard let given = parameters["UserCertificate"], let form = Self.form(of: given),
                    state.accepts.contains(form)
                else { return Self.failure(400, "ParameterBindingException", "Cannot process argument") }
                switch form {
                case .base64: state.values = (given.array ?? []).compactMap(Self.bytes)
                case .numbers:
                    state.values = (given.array ?? []).map { ($0.array ?? []).compactMap { $0.int.map(UInt8.init) } }
                case .table:
                    let removed = (given["remove"]?.array ?? []).compactMap(Self.bytes)
                    state.values.removeAll { removed.contains($0) }
                    state.values += (given["add"]?.array ?? []).compactMap(Self.bytes)
                }
                return .response(status: 204, headers: [], body: [])
            }
        }

        private static func bytes(_ value: JSONValue) -> [UInt8]? {
            value.string.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
        }

        private static func form(of value: JSONValue) -> Form? {
            if value["@odata.type"] == "#Exchange.GenericHashTable" { return .table }
            guard let list = value.array else { return nil }
            if list.allSatisfy({ $0.string != nil }) { return .base64 }
            return list.allSatisfy { $0.array != nil } ? .numbers : nil
        }

        private static func failure(_ status: Int, _ name: String, _ text: String) -> ServerAnswer {
            .json(
                ["error": ["code": "X", "details": [["message": .string("Ex1|\(name)|\(text)")]]]], status: status)
        }
    }

    private func directory(_ recipient: Recipient, _ form: Form) throws -> (ExchangeDirectory, GraphHarness) {
        let harness = try GraphHarness { request, _ in recipient.answer(request) }
        let endpoints = TenantEndpoints(authority: harness.service.url, exchange: harness.service.url)
        let client = ExchangeAdminClient(
            endpoints: endpoints, tenant: "tenant.example", tokens: harness.tokens, sender: harness.sender)
        return (ExchangeDirectory(name: "list", client: client, form: form), harness)
    }

    @Test(arguments: Form.allCases, ["Mailbox", "MailUser"])
    func addsAndRemovesOurValuesAlone(_ form: Form, _ kind: String) async throws {
        let recipient = Recipient(.init(values: [others], kind: kind, readsAsNumbers: form == .numbers))
        let (directory, harness) = try directory(recipient, form)
        defer { harness.service.stop() }
        #expect(try await directory.read(subject).values == [others])
        try await directory.write(adding: [first], removing: [], for: subject, over: [others])
        try await directory.write(adding: [second], removing: [first], for: subject, over: [others, first])
        #expect(recipient.state.withLock(\.values) == [others, second])
        #expect(try await directory.read(subject).values == [others, second])
        try await directory.write(adding: [], removing: [second], for: subject, over: [others, second])
        #expect(recipient.state.withLock(\.values) == [others])
    }

    /// A form that the tenant refuses is said, with the key that changes it, and nothing is lost.
    @Test(arguments: Form.allCases) func aRefusedFormIsSaid(_ form: Form) async throws {
        let recipient = Recipient(.init(values: [others], accepts: Set(Form.allCases).subtracting([form])))
        let (directory, harness) = try directory(recipient, form)
        defer { harness.service.stop() }
        let error = try #require(
            await #expect(throws: PublicationError.self) {
                try await directory.write(adding: [first], removing: [], for: subject, over: [others])
            })
        #expect(error.kind == .refused && error.message.contains("directories.list.form"))
        #expect(recipient.state.withLock(\.values) == [others])
    }

    @Test func whoIsMasteredOnPremisesIsPublishedThere() async throws {
        let recipient = Recipient(.init(isSynchronised: true))
        let (directory, harness) = try directory(recipient, .base64)
        defer { harness.service.stop() }
        #expect(try await directory.read(subject).values.isEmpty)
        let error = await #expect(throws: PublicationError.self) {
            try await directory.write(adding: [first], removing: [], for: subject, over: [])
        }
        #expect(error?.kind == .elsewhere && error?.message.contains("ldap") == true)
        #expect(recipient.state.withLock(\.values).isEmpty)
    }

    @Test func nobodyIsSaid() async throws {
        let recipient = Recipient(.init(kind: "Group"))
        let (directory, harness) = try directory(recipient, .base64)
        defer { harness.service.stop() }
        let error = await #expect(throws: PublicationError.self) { try await directory.read(subject) }
        #expect(error?.kind == .noEntry)
    }
}
