// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import HTTPTransport
import JSONDocuments
import Synchronization

/// The userPfxCertificates collection behind a scripted service: keeps what was sent, shows it without secrets.
final class FakeIntune: Sendable {
    struct State {
        /// As uploaded, by id.
        var entities: [String: JSONValue] = [:]
        /// What a POST answers instead of 201; the entity is stored all the same when `storesFirst`.
        var postAnswer: ServerAnswer?
        var storesFirst = false
        /// What somebody else's request has written over the create before it is looked up.
        var overwritten: [String: JSONValue] = [:]
        /// The user under whom a create is filed, in place of the right one.
        var filesUnder: String?
        /// What a PATCH answers instead of 200, and whether it is carried out all the same.
        var patchAnswer: ServerAnswer?
        var patches = true
        fileprivate(set) var lastStored: String?
        var pageSize = 100
        /// Written into listings as the next page.
        var foreignLink: String?
    }

    let userID: String
    private let state = Mutex(State())

    /// - Parameter userID: whose entities these are; Intune would look the user up.
    init(userID: String) { self.userID = userID }

    var entities: [String: JSONValue] { state.withLock { $0.entities } }
    func change(_ body: @Sendable (inout State) -> Void) { state.withLock { body(&$0) } }

    func answer(_ request: ServerRequest) -> ServerAnswer {
        state.withLock { state in
            let segments = request.path.split(separator: "/").map(String.init)
            guard segments.prefix(3) == ["beta", "deviceManagement", "userPfxCertificates"] else {
                return .graphError(404, "UnknownPath")
            }
            let id = segments.count == 4 ? segments[3] : nil
            switch (request.method, id) {
            case ("GET", nil): return list(request, state)
            case ("GET", .some(let id)):
                return state.entities[id].map { .json(shown($0)) } ?? .graphError(404, "ResourceNotFound")
            case ("POST", nil): return create(request, &state)
            case ("PATCH", .some(let id)):
                guard state.entities[id] != nil else { return .graphError(404, "ResourceNotFound") }
                let problem = state.patches ? store(request, &state) : nil
                return problem ?? state.patchAnswer ?? .json(shown(state.entities[id] ?? .null))
            case ("DELETE", .some(let id)):
                return state.entities.removeValue(forKey: id) == nil
                    ? .graphError(404, "ResourceNotFound") : .response(status: 204)
            default: return .graphError(405, "MethodNotAllowed")
            }
        }
    }

    private func create(_ request: ServerRequest, _ state: inout State) -> ServerAnswer {
        if let answer = state.postAnswer {
            if state.storesFirst, store(request, &state) == nil, let id = state.lastStored {
                for (name, value) in state.overwritten { state.entities[id]?[name] = value }
            }
            return answer
        }
        let before = state.entities.count
        if let problem = store(request, &state) { return problem }
        guard state.entities.count > before, let made = state.lastStored.flatMap({ state.entities[$0] }) else {
            return .graphError(409, "Conflict")
        }
        return .json(shown(made), status: 201)
    }

    /// - Returns: a refusal, or nil when the entity was stored.
    private func store(_ request: ServerRequest, _ state: inout State) -> ServerAnswer? {
        let known: Set = [
            "thumbprint", "intendedPurpose", "userPrincipalName", "startDateTime", "expirationDateTime", "providerName",
            "keyName", "paddingScheme", "encryptedPfxBlob", "encryptedPfxPassword",
        ]
        guard request.header("Content-Type") == "application/json", var body = try? JSONValue(parsing: request.body),
            Set(body.object?.keys.map { $0 } ?? []) == known, let thumbprint = body["thumbprint"]?.string
        else { return .graphError(400, "BadRequest", "unknown or missing property") }
        let id = "\((state.filesUnder ?? userID).replacing("-", with: ""))-\(thumbprint)"
        body["id"] = .string(id)
        state.entities[id] = body
        state.lastStored = id
        return nil
    }

    private func shown(_ entity: JSONValue) -> JSONValue {
        var entity = entity
        entity["encryptedPfxBlob"] = "AA=="
        entity["encryptedPfxPassword"] = ""
        // The service may add fractions and other spellings.
        entity["startDateTime"] = JSONValue(entity["startDateTime"]?.string?.replacing("Z", with: ".0000000Z"))
        entity["paddingScheme"] = JSONValue(
            entity["paddingScheme"]?.string?.replacing("oaepSha", with: "OaepSha"))
        return entity
    }

    private func list(_ request: ServerRequest, _ state: State) -> ServerAnswer {
        let all = state.entities.sorted { $0.key < $1.key }.map(\.value).filter { entity in
            guard let filter = request.query("$filter") else { return true }
            let name = entity["userPrincipalName"]?.string?.lowercased() ?? ""
            let byUser = "tolower(userPrincipalName) eq '\(name.replacing("'", with: "''"))'"
            let thumbprint = entity["thumbprint"]?.string?.lowercased() ?? ""
            return [byUser, "\(byUser) and tolower(thumbprint) eq '\(thumbprint)'"].contains(filter)
        }
        let page = Int(request.query("$skiptoken") ?? "0") ?? 0
        var body: [String: JSONValue] = [
            "value": .array(all.dropFirst(page * state.pageSize).prefix(state.pageSize).map(shown))
        ]
        if (page + 1) * state.pageSize < all.count {
            let filter = request.query("$filter").map { "&$filter=" + PercentEncoding.encode($0) } ?? ""
            let own = "http://\(request.header("Host") ?? "")\(request.path)?$skiptoken=\(page + 1)\(filter)"
            body["@odata.nextLink"] = .string(state.foreignLink ?? own)
        }
        return .json(.object(body))
    }
}
