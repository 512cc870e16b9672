// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
import HTTPServing
import JSONDocuments
import Ledger
import Testing

@testable import AdminAPI

/// The role table, cell by cell over every operation of the API.
@Suite(.timeLimit(.minutes(10))) struct RoleOperationTests {
    /// What needs no right: everybody may, or it is one's own.
    private static let own: Set<String> = [
        "getDocument", "getStatus", "getSession", "extendSession", "listen",
        // One's own operations, views and requests; what is found is of the kinds that the caller may read.
        "getOperation", "cancelOperation", "listViews", "addView", "changeView", "deleteView", "find",
        "listCertificateRequests", "getCertificateRequest", "getRequestedCertificate",
    ]

    private let office: Office
    private let gateway: Gateway

    init() async throws {
        office = try await Office()
        gateway = try await office.gateway()
    }

    @Test func onlyWhatIsForEverybodyNeedsNoRight() {
        let without = Set(APIOperation.all.filter { $0.permission == nil }.map(\.id))
        #expect(without.subtracting(Self.own).isEmpty, "\(without.subtracting(Self.own)) ask for no right")
        #expect(Set(APIOperation.all.map(\.id)).count == APIOperation.all.count)
    }

    @Test(arguments: Role.allCases) func eachCellIsAsTheTableHasIt(_ role: Role) async throws {
        let server = APIServer({ [gateway] in gateway }, NamedRole())
        let caller = NamedRole.caller(role)
        for operation in APIOperation.all {
            guard let permission = operation.permission else { continue }
            // Nothing of the request is looked at before the right, so nothing is done: a change has no body, no key and no version.
            let path = operation.path.replacing(/\{[a-zA-Z]+\}/, with: "1")
            let isChange = !operation.method.isSafe
            guard !caller.may(permission) || operation.method.isSafe || operation.body != nil else { continue }
            let answer = await server.answer(
                ServerRequest(
                    method: operation.method.rawValue, path: APIServer.base + path, target: APIServer.base + path,
                    headers: [("X-Role", role.rawValue)]))
            guard case .response(let status, _, let body) = answer else { continue }
            let text = String(decoding: body, as: UTF8.self)
            if caller.may(permission) {
                #expect(![401, 403].contains(status), "\(role) \(operation.id): \(text)")
                if isChange { #expect((400...499).contains(status), "\(operation.id): \(status)") }
            } else {
                #expect(status == 403, "\(role) \(operation.id): \(status)")
                let problem = try JSONValue(parsing: text)
                #expect(problem["code"]?.string == "accessDenied")
                let needed = RoleTable.roles(with: permission).map(\.rawValue).joined(separator: " or ")
                #expect(
                    problem["detail"]?.string
                        == "this needs \(needed); \(caller.name) is \(role.rawValue), by group CW",
                    "\(operation.id)")
            }
        }
    }

    @Test func aRefusedChangeIsOnRecordAndARefusedLookIsNot() async throws {
        let server = APIServer({ [gateway] in gateway }, NamedRole())
        func ask(_ method: String, _ path: String) async throws -> Int64 {
            let target = APIServer.base + path
            _ = await server.answer(
                ServerRequest(method: method, path: target, target: target, headers: [("X-Role", "employee")]))
            return try await office.ledger.audit.lastNumber()
        }
        let before = try await office.ledger.audit.lastNumber()
        #expect(try await ask("GET", "/certificates") == before)
        #expect(try await ask("POST", "/revocations") == before + 1)
        let record = try #require(try await office.ledger.audit.record(before + 1))
        #expect(record.action == "deny.access" && record.objectID == "revoke" && record.outcome == "refused")
        #expect(record.reason.hasPrefix("revokeCertificates; refused: this needs administrator"))
        #expect(record.origin == "employee, by group CW")
    }

    /// The use case asks by itself, whoever calls it: the table of operations is not the only guard.
    @Test func theUseCaseBehindAChangeAsksByItself() async throws {
        try await office.issue("ada", by: (office.root, office.rootKey), at: office.ledger.clock.now(), .active)
        let record = try #require(try await office.ledger.certificates().first)
        let order = try await office.order("bob", .planned)
        let eve = CertificateActions(office.ledger, gateway.mirror, caller: .commandLine("eve"))
        let revocation = try await eve.revoke([record], reason: .superseded, cause: "so", delay: .seconds(600))[0]
        let withdrawal = try await eve.withdraw([record], cause: "so")[0]
        let server = APIServer({ [gateway] in gateway }, NamedRole())
        /// Calls of others that only look, and what has no use case of its own.
        let looks: Set = ["checkBackendCA", "validateConnector", "checkServices", "previewNames"]
        for operation in APIOperation.changes where !operation.method.isSafe && !looks.contains(operation.id) {
            let permission = try #require(operation.permission)
            let values = [
                "reference": order.reference, "number": "\(record.id)",
                "id": operation.path.hasPrefix("/withdrawals") ? "\(withdrawal.id)" : "\(revocation.id)",
                "name": operation.path.hasPrefix("/jobs")
                    ? "plan" : operation.path.hasPrefix("/templates") ? "smime" : "one",
            ]
            for role in Role.allCases where !RoleTable.permissions(of: role).contains(permission) {
                let body = operation.body.map {
                    operation.bodyType == "application/json" ? Self.sample($0) : "limits: {}"
                }
                let call = APICall(
                    operation: operation, authentication: Authentication(NamedRole.caller(role), key: role.rawValue),
                    server: server, gateway: gateway,
                    request: ServerRequest(method: operation.method.rawValue, path: "/", target: "/"), body: body,
                    pathValues: values, query: operation.id == "endException" ? ["template": ["smime"]] : [:])
                await #expect(throws: AccessDenied.self, "\(operation.id) by \(role)") {
                    _ = try await operation.perform(call)
                }
            }
        }
    }

    /// The smallest value that a schema takes.
    private static func sample(_ schema: APISchema) -> JSONValue {
        switch schema {
        case .any: "x"
        case .boolean: true
        case .integer(let range): JSONValue(max(1, range.lowerBound))
        case .number: 1
        case .text: "x"
        case .formatted(.day): "2099-01-01"
        case .formatted(.time): "2099-01-01T00:00:00Z"
        case .word(let words), .words(let words): .string(words[0])
        case .matching: "1 EUR"
        case .list(let item, let count): .array(Array(repeating: sample(item), count: max(1, count.lowerBound)))
        case .object(let fields, _):
            .object(
                Dictionary(
                    uniqueKeysWithValues: fields.filter { $0.isRequired || named[$0.name] != nil }.map {
                        ($0.name, named[$0.name] ?? sample($0.schema))
                    }))
        case .map: [:]
        case .named(_, let inner), .nullable(let inner): sample(inner)
        case .oneOf(let schemas): sample(schemas[0])
        }
    }

    /// What must be more than small: certificates for many and for an incident, and what is there.
    private static let named: [String: JSONValue] = [
        "select": ["numbers": [1], "template": "smime"], "template": "smime", "count": 1,
    ]
}
