// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
import HTTPServing
import JSONDocuments
import Ledger
import Sentences
import Synchronization
import TestSupport

@testable import AdminAPI

/// An API over an empty gateway in a folder of its own, asked without a port.
final class ServedGateway: Sendable {
    let folder: TemporaryFolder
    let gateway: Gateway
    let callers: Callers
    let api: APIServer

    init(_ operations: [APIOperation] = APIOperation.all, sentences: SentenceBooks = .none) async throws {
        folder = try TemporaryFolder()
        let home = GatewayHome(option: folder.path("home"))
        try home.create()
        _ = try await GatewayStore.create(home)
        gateway = try await Gateway.open(
            home, profiles: Profiles(), logger: StandardLogger(threshold: .error, write: { _ in }))
        callers = Callers()
        api = APIServer({ [gateway] in gateway }, callers, sentences: sentences, operations: operations)
    }

    /// The same gateway after a restart.
    func restarted(_ operations: [APIOperation]) -> APIServer {
        APIServer({ [gateway] in gateway }, callers, operations: operations)
    }

    /// Waits for the end of work that was begun, and says what it is then.
    func ended(_ id: String, as role: String = "administrator") async throws -> JSONValue {
        while true {
            let work = await ask("GET", "/operations/\(id)", as: role).json
            guard work["state"] == "running" else { return work }
            // Whoever asks without a pause is told to ask less often.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func ask(
        _ method: String = "GET", _ target: String, as role: String? = "administrator", body: JSONValue? = nil,
        headers: [(name: String, value: String)] = [], of other: APIServer? = nil, bytes: [UInt8]? = nil
    ) async -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1)
        let query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { item in
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                name: String(pair[0]), value: pair.count > 1 ? pair[1].removingPercentEncoding ?? "" : ""
            )
        }
        var all = headers
        if let role { all.append(("X-Test-Role", role)) }
        if body != nil || bytes != nil, !all.contains(where: { $0.name == "Content-Type" }) {
            all.append(("Content-Type", "application/json"))
        }
        let path = "/api/v1" + parts[0]
        let request = ServerRequest(
            method: method, path: path.removingPercentEncoding ?? path, target: "/api/v1\(target)", query: query,
            headers: all, body: bytes ?? body.map { Array($0.text.utf8) } ?? [])
        return Answer(await (other ?? api).answer(request))
    }

    /// Puts orders on record.
    func order(_ names: [String], template: String = "smime") async throws {
        for name in names {
            _ = try await gateway.ledger.plan(
                NewOrder(
                    template: template, backendCA: "ca", product: "p", subscriberID: name,
                    userPrincipalName: "\(name)@example.test", names: [:], request: [:]))
        }
    }
}

/// What came back.
struct Answer {
    let status: Int
    let headers: [String: String]
    /// As they are sent, each line.
    let lines: [(name: String, value: String)]
    let text: String
    var json: JSONValue { (try? JSONValue(parsing: text)) ?? .null }
    var code: String? { json["code"]?.string }

    init(_ answer: ServerAnswer) {
        let status: Int
        let headers: [(name: String, value: String)]
        var body: [UInt8] = []
        switch answer {
        case .response(let code, let lines, let bytes): (status, headers, body) = (code, lines, bytes)
        case .body(let code, let lines, _): (status, headers) = (code, lines)
        default:
            (self.status, self.headers, lines, text) = (0, [:], [], "")
            return
        }
        self.status = status
        lines = headers
        self.headers = Dictionary(headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
        text = String(decoding: body, as: UTF8.self)
    }
}

/// Believes whoever says what it is.
final class Callers: Authenticator {
    /// Of a session by cookie; nil for a token.
    let csrfToken = Mutex<String?>(nil)

    func authenticate(_ request: ServerRequest) async throws -> Authentication? {
        guard let word = request.header("X-Test-Role") else { return nil }
        let roles = word.split(separator: ",").compactMap { Role(rawValue: String($0)) }
        return Authentication(
            Caller(name: request.header("X-Test-Name") ?? word, roles: Set(roles), origin: "by a test"), key: word,
            csrfToken: csrfToken.withLock { $0 })
    }
}
