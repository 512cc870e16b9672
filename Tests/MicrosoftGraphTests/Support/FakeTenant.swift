// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments
import Synchronization

/// Groups and people behind a scripted service, with listings, delta rounds and the faults a test asks for.
final class FakeTenant: Sendable {
    struct State {
        var users: [String: [String: JSONValue]] = [:]
        var deleted: Set<String> = []
        /// Members with their Graph type, in the order they came.
        var groups: [String: [(id: String, type: String)]] = [:]
        fileprivate var log: [Event] = []

        var pageSize = 100
        /// The application lacks User.Read.All.
        var hidesAttributes = false
        /// Members that listings with `eventual` do not show yet.
        var lagging: Set<String> = []
        /// Listings answer this instead of the page with that number (0 is the first).
        var brokenPage: (page: Int, answer: ServerAnswer)?
        /// Delta rounds of a collection answer this once.
        var brokenDelta: [String: ServerAnswer] = [:]
        /// Every delta round tells the last so many events again.
        var replays = 0
        /// Users that answer 404 though they are listed.
        var hiddenUsers: Set<String> = []
    }

    fileprivate enum Event {
        case user(String)
        case member(group: String, id: String, type: String, isRemoved: Bool)
        case groupRemoved(String)
    }

    private let state = Mutex(State())

    func change(_ body: @Sendable (inout State) -> Void) { state.withLock { body(&$0) } }

    func addUsers(_ ids: [String], to group: String) {
        state.withLock { state in
            for id in ids {
                if state.users[id] == nil {
                    state.users[id] = [
                        "id": .string(id), "userPrincipalName": .string("\(id)@sandbox.example"),
                        "mail": .string("\(id)@sandbox.example"), "accountEnabled": true, "displayName": .string(id),
                        "proxyAddresses": [
                            .string("SMTP:\(id)@sandbox.example"), .string("smtp:\(id).x@sandbox.example"),
                        ],
                        "onPremisesSyncEnabled": nil, "unknownProperty": ["a": 1],
                    ]
                    state.log.append(.user(id))
                }
            }
        }
        for id in ids { add(id, "user", to: group) }
    }

    func add(_ id: String, _ type: String, to group: String) {
        state.withLock { state in
            state.groups[group, default: []].append((id, type))
            if type == "group" { state.groups[id, default: []] += [] }
            state.log.append(.member(group: group, id: id, type: type, isRemoved: false))
        }
    }

    func remove(_ id: String, from group: String) {
        state.withLock { state in
            let type = state.groups[group]?.first { $0.id == id }?.type ?? "user"
            state.groups[group]?.removeAll { $0.id == id }
            state.log.append(.member(group: group, id: id, type: type, isRemoved: true))
        }
    }

    func update(_ id: String, _ attribute: String, _ value: JSONValue) {
        state.withLock { state in
            state.users[id]?[attribute] = value
            state.log.append(.user(id))
        }
    }

    func setDeleted(_ isDeleted: Bool, _ id: String) {
        state.withLock { state in
            if isDeleted { state.deleted.insert(id) } else { state.deleted.remove(id) }
            state.log.append(.user(id))
        }
    }

    func removeGroup(_ id: String) {
        state.withLock { state in
            state.groups[id] = nil
            state.log.append(.groupRemoved(id))
        }
    }

    func answer(_ request: ServerRequest) -> ServerAnswer {
        state.withLock { state in
            let segments = request.path.split(separator: "/").map(String.init)
            guard segments.first == "v1.0", segments.count >= 3 else { return .graphError(404, "UnknownPath") }
            switch (segments[1], segments[2], segments.dropFirst(3).joined(separator: "/")) {
            case ("users", "delta", ""), ("groups", "delta", ""): return delta(segments[1], request, &state)
            case ("users", let id, ""):
                guard let user = state.users[id], !state.deleted.contains(id), !state.hiddenUsers.contains(id) else {
                    return .graphError(404, "Request_ResourceNotFound")
                }
                return .json(.object(select(user, request)))
            case ("groups", let id, ""):
                return state.groups[id] == nil
                    ? .graphError(404, "Request_ResourceNotFound")
                    : .json(["id": .string(id), "displayName": .string("Group \(id)")])
            case ("groups", let id, "members"): return listing(of: id, type: nil, request, state)
            case ("groups", let id, "members/microsoft.graph.user"):
                return listing(of: id, type: "user", request, state)
            case ("groups", let id, "members/microsoft.graph.group"):
                return listing(of: id, type: "group", request, state)
            default: return .graphError(404, "UnknownPath")
            }
        }
    }

    private func listing(of group: String, type: String?, _ request: ServerRequest, _ state: State) -> ServerAnswer {
        guard let members = state.groups[group] else { return .graphError(404, "Request_ResourceNotFound") }
        let isFirst = request.query("$skiptoken") == nil
        if type != nil, request.header("ConsistencyLevel") != "eventual" || isFirst && request.query("$count") != "true"
        {
            return .graphError(400, "Request_UnsupportedQuery")
        }
        let visible = members.filter { member in
            (type == nil || member.type == type && !state.lagging.contains(member.id))
                && !state.deleted.contains(member.id)
        }
        let page = Int(request.query("$skiptoken")?.dropLast(2) ?? "0") ?? 0
        if let broken = state.brokenPage, broken.page == page, type == "user" { return broken.answer }
        let items = visible.dropFirst(page * state.pageSize).prefix(state.pageSize).map { member -> JSONValue in
            var item: [String: JSONValue] = ["id": .string(member.id)]
            if member.type == "user", type == "user" {
                item = select(state.users[member.id] ?? [:], request)
                if state.hidesAttributes { for key in item.keys where key != "id" { item[key] = .null } }
            } else if type == nil {
                item["@odata.type"] = .string("#microsoft.graph.\(member.type)")
            }
            return .object(item)
        }
        var body: [String: JSONValue] = ["value": .array(items)]
        if (page + 1) * state.pageSize < visible.count {
            let select = request.query("$select") ?? ""
            body["@odata.nextLink"] = .string(
                "http://\(request.header("Host") ?? "")\(request.path)?$select=\(select)&$skiptoken=\(page + 1)%3d%3D")
        }
        return .json(.object(body))
    }

    private func select(_ user: [String: JSONValue], _ request: ServerRequest) -> [String: JSONValue] {
        let names = Set((request.query("$select") ?? "").split(separator: ",").map(String.init))
        return user.filter { names.contains($0.key) || $0.key == "unknownProperty" }
    }

    private func delta(_ collection: String, _ request: ServerRequest, _ state: inout State) -> ServerAnswer {
        if let answer = state.brokenDelta.removeValue(forKey: collection) { return answer }
        // A token is what it was made with: the place in the log, the selection and the groups.
        let token = request.query("$deltatoken") ?? ""
        let parts = token.split(separator: "~", omittingEmptySubsequences: false).map(String.init)
        let isStart = token == "latest"
        let selection = isStart ? request.query("$select") ?? "" : parts[1]
        let groups =
            isStart
            ? (request.query("$filter") ?? "").split(separator: " or ").map { String($0.dropFirst(7).dropLast()) }
            : parts[2].split(separator: ",").map(String.init)
        let from = isStart ? state.log.count : max((Int(parts[0]) ?? 0) - state.replays, 0)
        // Two events a page: a group recurs, and rounds have several pages.
        let events = state.log[from...].filter { event in
            switch event {
            case .user: collection == "users"
            case .member(let group, _, _, _), .groupRemoved(let group): collection == "groups" && groups.contains(group)
            }
        }
        let page = Int(request.query("$skiptoken") ?? "0") ?? 0
        let items = events.dropFirst(page * 2).prefix(2).map { item($0, selection, state) }
        let base = "http://\(request.header("Host") ?? "")/v1.0/\(collection)/delta?$deltatoken="
        let rest = "~\(selection)~\(groups.joined(separator: ","))"
        var body: [String: JSONValue] = ["value": .array(items)]
        if (page + 1) * 2 < events.count {
            body["@odata.nextLink"] = .string("\(base)\(from)\(rest)&$skiptoken=\(page + 1)")
        } else {
            body["@odata.deltaLink"] = .string("\(base)\(state.log.count)\(rest)")
        }
        return .json(.object(body))
    }

    private func item(_ event: Event, _ selection: String, _ state: State) -> JSONValue {
        switch event {
        case .user(let id):
            guard !state.deleted.contains(id) else { return ["id": .string(id), "@removed": ["reason": "changed"]] }
            let names = Set(selection.split(separator: ",").map(String.init))
            return .object((state.users[id] ?? [:]).filter { names.contains($0.key) })
        case .member(let group, let id, let type, let isRemoved):
            var member: JSONValue = ["@odata.type": .string("#microsoft.graph.\(type)"), "id": .string(id)]
            if isRemoved { member["@removed"] = ["reason": "deleted"] }
            return ["id": .string(group), "displayName": .string("Group \(group)"), "members@delta": [member]]
        case .groupRemoved(let id): return ["id": .string(id), "@removed": ["reason": "changed"]]
        }
    }
}
