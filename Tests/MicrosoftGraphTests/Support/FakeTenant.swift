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
        /// Groups and contacts with mail addresses, by collection and id.
        fileprivate var recipients: [String: [String: [String: JSONValue]]] = [:]
        fileprivate var log: [Event] = []

        var pageSize = 100
        /// The application lacks User.Read.All.
        var hidesAttributes = false
        /// Attributes that listings leave out altogether.
        var omittedAttributes: Set<String> = []
        /// The last page of a delta round has no link for the next one.
        var omitsDeltaLinks = false
        /// Members that listings with `eventual` do not show yet.
        var lagging: Set<String> = []
        /// Users that the listing of all leaves out.
        var unlisted: Set<String> = []
        /// Members that no listing shows yet.
        var unseen: Set<String> = []
        /// People whom listings with `eventual` still show in a group that they have left.
        var stale: [String: Set<String>] = [:]
        /// Listings answer this instead of the page with that number (0 is the first).
        var brokenPage: (page: Int, answer: ServerAnswer)?
        /// The same for the listing of a whole collection.
        var brokenCollection: (collection: String, page: Int, answer: ServerAnswer)?
        /// Delta rounds of a collection answer this once.
        var brokenDelta: [String: ServerAnswer] = [:]
        /// Every delta round tells the last so many events again.
        var replays = 0
        /// Objects of which delta rounds tell that they were removed, though they are there.
        var tellsRemoved: Set<String> = []
        /// Collections that the application may not read.
        var forbidden: Set<String> = []
        /// Users that answer 404 though they are listed.
        var hiddenUsers: Set<String> = []
        /// The second page of listings, or of delta rounds, leads back to the first, and that to the second.
        var circles: Set<Circle> = []
    }

    enum Circle { case listings, rounds }

    fileprivate enum Event {
        case user(String)
        case member(group: String, id: String, type: String, isRemoved: Bool)
        case groupRemoved(String)
        case recipient(collection: String, id: String)
    }

    private let state = Mutex(State())
    private let afterListing = Mutex<[String: @Sendable (FakeTenant) -> Void]>([:])

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

    /// Gives a group or contact these addresses, makes it if it is new; nil removes it.
    func setRecipient(_ id: String, in collection: String, mail: String?, proxies: [String] = []) {
        state.withLock { state in
            state.recipients[collection, default: [:]][id] =
                mail == nil && proxies.isEmpty
                ? nil
                : [
                    "id": .string(id), "displayName": .string("The \(id)"), "mail": JSONValue(mail),
                    "proxyAddresses": JSONValue(proxies),
                ]
            state.log.append(.recipient(collection: collection, id: id))
        }
    }

    /// Removes a group or contact without a word in any delta round.
    func forget(_ id: String, in collection: String) {
        state.withLock { $0.recipients[collection]?[id] = nil }
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

    /// What happens in the tenant right after the last page of a listing was made; once.
    ///
    /// - Parameter path: of the listing, below `/v1.0/`.
    func afterListing(_ path: String, _ change: @escaping @Sendable (FakeTenant) -> Void) {
        afterListing.withLock { $0[path] = change }
    }

    func answer(_ request: ServerRequest) -> ServerAnswer {
        let answer = answerNow(request)
        if case .response(_, _, let body) = answer, (try? JSONValue(parsing: body))?["@odata.nextLink"] == nil {
            afterListing.withLock { $0.removeValue(forKey: String(request.path.dropFirst("/v1.0/".count))) }?(self)
        }
        return answer
    }

    private func answerNow(_ request: ServerRequest) -> ServerAnswer {
        state.withLock { state in
            let segments = request.path.split(separator: "/").map(String.init)
            guard segments.first == "v1.0", segments.count >= 2 else { return .graphError(404, "UnknownPath") }
            let collection = segments[1]
            if state.forbidden.contains(collection) { return .graphError(403, "Authorization_RequestDenied") }
            guard segments.count > 2 else { return collectionListing(collection, request, state) }
            switch (collection, segments[2], segments.dropFirst(3).joined(separator: "/")) {
            case ("users", "delta", ""), ("groups", "delta", ""), ("contacts", "delta", ""):
                return delta(collection, request, &state)
            case ("users", let id, ""):
                guard let user = state.users[id], !state.deleted.contains(id), !state.hiddenUsers.contains(id) else {
                    return .graphError(404, "Request_ResourceNotFound")
                }
                return .json(.object(select(user, request)))
            case ("groups", let id, "") where state.recipients["groups"]?[id] != nil, ("contacts", let id, ""):
                guard let recipient = state.recipients[collection]?[id] else {
                    return .graphError(404, "Request_ResourceNotFound")
                }
                return .json(.object(recipient))
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

    /// All users, groups or contacts.
    private func collectionListing(_ collection: String, _ request: ServerRequest, _ state: State) -> ServerAnswer {
        let all =
            collection == "users"
            ? state.users.filter { !state.deleted.contains($0.key) && !state.unlisted.contains($0.key) }.mapValues {
                select($0, request)
            }
            : state.recipients[collection] ?? [:]
        let page = Int(request.query("$skiptoken") ?? "0") ?? 0
        if let broken = state.brokenCollection, broken.collection == collection, broken.page == page {
            return broken.answer
        }
        let objects = all.sorted { $0.key < $1.key }.map { JSONValue.object($0.value) }
        var body: [String: JSONValue] = [
            "value": .array(Array(objects.dropFirst(page * state.pageSize).prefix(state.pageSize)))
        ]
        if let next = Self.next(after: page, isLast: (page + 1) * state.pageSize >= objects.count, .listings, state) {
            body["@odata.nextLink"] = .string(
                "http://\(request.header("Host") ?? "")\(request.path)?$select=\(request.query("$select") ?? "")"
                    + "&$skiptoken=\(next)")
        }
        return .json(.object(body))
    }

    private func listing(of group: String, type: String?, _ request: ServerRequest, _ state: State) -> ServerAnswer {
        guard var members = state.groups[group] else { return .graphError(404, "Request_ResourceNotFound") }
        if type != nil { members += (state.stale[group] ?? []).sorted().map { ($0, "user") } }
        let isFirst = request.query("$skiptoken") == nil
        if type != nil, request.header("ConsistencyLevel") != "eventual" || isFirst && request.query("$count") != "true"
        {
            return .graphError(400, "Request_UnsupportedQuery")
        }
        let visible = members.filter { member in
            (type == nil || member.type == type && !state.lagging.contains(member.id))
                && !state.deleted.contains(member.id) && !state.unseen.contains(member.id)
        }
        let page = Int(request.query("$skiptoken")?.dropLast(2) ?? "0") ?? 0
        if let broken = state.brokenPage, broken.page == page, type == "user" { return broken.answer }
        let items = visible.dropFirst(page * state.pageSize).prefix(state.pageSize).map { member -> JSONValue in
            var item: [String: JSONValue] = ["id": .string(member.id)]
            if member.type == "user", type == "user" {
                item = select(state.users[member.id] ?? [:], request)
                for key in state.omittedAttributes { item[key] = nil }
                if state.hidesAttributes { for key in item.keys where key != "id" { item[key] = .null } }
            } else if type == nil {
                item["@odata.type"] = .string("#microsoft.graph.\(member.type)")
            }
            return .object(item)
        }
        var body: [String: JSONValue] = ["value": .array(items)]
        if let next = Self.next(after: page, isLast: (page + 1) * state.pageSize >= visible.count, .listings, state) {
            let select = request.query("$select") ?? ""
            body["@odata.nextLink"] = .string(
                "http://\(request.header("Host") ?? "")\(request.path)?$select=\(select)&$skiptoken=\(next)%3d%3D")
        }
        return .json(.object(body))
    }

    /// The number of the page that follows.
    private static func next(after page: Int, isLast: Bool, _ circle: Circle, _ state: State) -> Int? {
        if state.circles.contains(circle) { return page == 0 ? 1 : 0 }
        return isLast ? nil : page + 1
    }

    private func select(_ user: [String: JSONValue], _ request: ServerRequest) -> [String: JSONValue] {
        let names = Set((request.query("$select") ?? "").split(separator: ",").map(String.init))
        return user.filter { names.contains($0.key) || $0.key == "unknownProperty" }
    }

    private func delta(_ collection: String, _ request: ServerRequest, _ state: inout State) -> ServerAnswer {
        // A token is what it was made with: the place in the log, the selection and the groups.
        let token = request.query("$deltatoken") ?? ""
        let parts = token.split(separator: "~", omittingEmptySubsequences: false).map(String.init)
        let isStart = token == "latest"
        let selection = isStart ? request.query("$select") ?? "" : parts[1]
        let groups =
            isStart
            ? (request.query("$filter") ?? "").split(separator: " or ").map { String($0.dropFirst(7).dropLast()) }
            : parts[2].split(separator: ",").map(String.init)
        // Groups are followed twice: those of a tree with their members, and all of them with their addresses.
        let key = collection == "groups" && groups.isEmpty ? "all groups" : collection
        if let answer = state.brokenDelta.removeValue(forKey: key) { return answer }
        let from = isStart ? state.log.count : max((Int(parts[0]) ?? 0) - state.replays, 0)
        // Two events a page: a group recurs, and rounds have several pages.
        let events = state.log[from...].filter { event in
            switch event {
            case .user: collection == "users"
            case .recipient(let own, _): collection == own && groups.isEmpty
            case .member(let group, _, _, _), .groupRemoved(let group): collection == "groups" && groups.contains(group)
            }
        }
        let page = Int(request.query("$skiptoken") ?? "0") ?? 0
        let items = events.dropFirst(page * 2).prefix(2).map { item($0, selection, state) }
        let base = "http://\(request.header("Host") ?? "")/v1.0/\(collection)/delta?$deltatoken="
        let rest = "~\(selection)~\(groups.joined(separator: ","))"
        var body: [String: JSONValue] = ["value": .array(items)]
        if let next = Self.next(after: page, isLast: (page + 1) * 2 >= events.count, .rounds, state) {
            body["@odata.nextLink"] = .string("\(base)\(from)\(rest)&$skiptoken=\(next)")
        } else if !state.omitsDeltaLinks {
            body["@odata.deltaLink"] = .string("\(base)\(state.log.count)\(rest)")
        }
        return .json(.object(body))
    }

    private func item(_ event: Event, _ selection: String, _ state: State) -> JSONValue {
        switch event {
        case .user(let id):
            guard !state.deleted.contains(id), !state.tellsRemoved.contains(id) else {
                return ["id": .string(id), "@removed": ["reason": "changed"]]
            }
            let names = Set(selection.split(separator: ",").map(String.init))
            return .object((state.users[id] ?? ["id": .string(id)]).filter { names.contains($0.key) })
        case .member(let group, let id, let type, let isRemoved):
            var member: JSONValue = ["@odata.type": .string("#microsoft.graph.\(type)"), "id": .string(id)]
            if isRemoved { member["@removed"] = ["reason": "deleted"] }
            return ["id": .string(group), "displayName": .string("Group \(group)"), "members@delta": [member]]
        case .recipient(let collection, let id):
            let recipient = state.tellsRemoved.contains(id) ? nil : state.recipients[collection]?[id]
            return .object(recipient ?? ["id": .string(id), "@removed": ["reason": "deleted"]])
        case .groupRemoved(let id): return ["id": .string(id), "@removed": ["reason": "changed"]]
        }
    }
}
