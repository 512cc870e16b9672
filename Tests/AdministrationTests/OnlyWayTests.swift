// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import HTTPServing
import JSONDocuments
import Ledger
import PKIX
import Secrets
import Store
import Synchronization
import Testing

@testable import AdminAPI
@testable import Administration

/// No operation of the API hands out a private key but the two that are made for it: each is asked as each role, with words that mean the
/// certificate of an archived key, of one that is sealed, and of the agent whose key the gateway may use.
@Suite(.timeLimit(.minutes(5))) struct OnlyWayTests {
    /// What a private key looks like, in whatever encoding it would leave.
    private static func marks(_ key: PrivateKey) throws -> [String] {
        try key.pkcs8.withBytes { bytes in
            let der = Array(bytes)
            // The private number of a P-256 key: 32 bytes behind its tag in ECPrivateKey (RFC 5915).
            let at = try #require((0..<der.count - 34).first { der[$0] == 4 && der[$0 + 1] == 32 })
            let number = Array(der[at + 2..<at + 34])
            let hex = number.hex
            // Base64 in each of the three phases in which the number may stand in what is encoded.
            let phases = (0..<3).map { shift -> String in
                let text = Data([UInt8](repeating: 0, count: shift) + number).base64EncodedString()
                return String(text.dropFirst(4).dropLast(8))
            }
            let url = phases.map { $0.replacing("+", with: "-").replacing("/", with: "_") }
            return [hex, hex.uppercased()] + phases + url
        }
    }

    private static let deliberate: Set<String> = ["fetchRecoveredKey", "recoverOwnKey"]

    @Test func nothingElseHandsOutAKey() async throws {
        let archive = try await ArchiveOffice(["ada"])
        let record = try #require(archive.certificates["ada"])
        let key = try #require(archive.keys["ada"])
        var marks = try Self.marks(key)
        // The sealed working copy of an order under way is a key, too.
        let sealed = try PrivateKey.generate(.p256)
        marks += try Self.marks(sealed)
        let order = try await archive.office.order("bob", .planned)
        let sealingKey = try archive.gateway.sealingKey()
        let claims = try await archive.office.ledger.claim(limit: 10, owner: "node", leaseFor: .seconds(60))
        let claim = try #require(claims.first { $0.orderID == order.id })
        try await archive.office.ledger.record(
            claim,
            OrderChange("keyed", "key").stage(.keyed).sealedKey(
                try sealingKey.seal(sealed.pkcs8, context: order.reference), publicKey: try sealed.publicKey.der,
                csr: [3]))
        for claim in claims { try await archive.office.ledger.release(claim) }

        let callers = RoleCallers()
        let api = APIServer({ [gateway = archive.gateway] in gateway }, callers, operations: APIOperation.all)
        let words = [
            "\(record.id)", record.serialNumber, record.sha256Fingerprint, "\(record.orderID)", order.reference, "1",
            "R-1", "ada@example.org", "office", "smime", "key",
        ]
        var asked = 0
        for operation in APIOperation.all where !Self.deliberate.contains(operation.id) && operation.id != "events" {
            if case .events = operation.answer { continue }
            for role in Role.allCases {
                for word in words {
                    let path = operation.path.replacing(/\{[^}]+\}/, with: word)
                    let body: JSONValue? =
                        operation.method.isSafe || operation.body == nil
                        ? nil
                        : [
                            "certificate": .string(word), "purpose": "canary", "number": JSONValue(Int(record.id)),
                            "numbers": [JSONValue(Int(record.id))], "because": "canary", "word": .string(word),
                        ]
                    for target in [path, "\(path)?q=\(word)&text=\(word)&fields=key,cms,der,privateKey,sealedKey"] {
                        let text = await ask(api, operation.method.rawValue, target, role, body)
                        asked += 1
                        for mark in marks where text.contains(mark) {
                            Issue.record("\(operation.id) as \(role) with \(word) hands out a key")
                        }
                    }
                    // One spelling is enough where nothing varies.
                    if path == operation.path { break }
                }
            }
        }
        #expect(asked > 1000, "\(asked)")

        // The judge sees a key where there is one: the way that is meant, with its password.
        let kim = archive.administration("kim")
        let wish = try #require(try await kim.request(record.serialNumber, purpose: "the way that is meant"))
        let package = try await kim.fetch("R-\(wish.id)")
        let opened = try PKCS12Bundle.open(package.bytes, password: try await kim.password("R-\(wish.id)"))
        let shown = try opened.key.pkcs8.withBytes { Data($0).base64EncodedString() + Array($0).hex }
        #expect(try Self.marks(key).contains { shown.contains($0) })

        // What lies in the database is closed, and so are the notices and the trail.
        for table in [
            "archived_keys", "order_keys", "recoveries", "notices", "audit_records", "order_events",
            "one_time_packages",
        ] {
            let rows = try await archive.office.store.database.read { connection in
                try connection.query("SELECT * FROM \(table)", []) { row in "\(row)" }
            }
            for mark in marks { #expect(!rows.contains { $0.contains(mark) }, "\(table)") }
        }
    }

    private func ask(
        _ api: APIServer, _ method: String, _ target: String, _ role: Role, _ body: JSONValue?
    ) async -> String {
        let parts = target.split(separator: "?", maxSplits: 1)
        let query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { item in
            let pair = item.split(separator: "=", maxSplits: 1)
            return (name: String(pair[0]), value: pair.count > 1 ? String(pair[1]) : "")
        }
        var headers = [
            (name: "X-Test-Role", value: role.rawValue), (name: "Idempotency-Key", value: UUID().uuidString),
        ]
        if body != nil { headers.append((name: "Content-Type", value: "application/json")) }
        let request = ServerRequest(
            method: method, path: "/api/v1\(parts[0])", target: "/api/v1\(target)", query: query, headers: headers,
            body: body.map { Array($0.text.utf8) } ?? [])
        guard case .response(_, let answered, let bytes) = await api.answer(request) else { return "" }
        return answered.map { "\($0.name): \($0.value)\n" }.joined() + String(decoding: bytes, as: UTF8.self)
            + Array(bytes).hex
    }
}

/// Believes whoever says what it is; employees are Ada.
private final class RoleCallers: Authenticator {
    func authenticate(_ request: ServerRequest) async throws -> Authentication? {
        guard let role = request.header("X-Test-Role").flatMap(Role.init) else { return nil }
        return Authentication(
            Caller(name: "\(role.rawValue)-test", roles: [role], objectID: "ada", origin: "by a test"),
            key: role.rawValue,
            authenticatedAt: Date())
    }
}
