// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// `users/delta`, `groups/delta` and `contacts/delta` (wire/graph-directory.md section 4).
struct DeltaEndpoints: Sendable {
    let directory: TenantDirectory
    let access: GraphAccess
    let url: String
    let tokens: DeltaTokens
    let hostility: Hostility?

    var routes: [Route] {
        [
            Route("graph.usersDelta", "GET", "/v1.0/users/delta") { call in
                try access.require(UserEndpoints.readers, call)
                return try answer(call, .users)
            }.listing,
            Route("graph.groupsDelta", "GET", "/v1.0/groups/delta") { call in
                try access.require(
                    ["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"], call)
                return try answer(call, .groups)
            }.listing,
            Route("graph.contactsDelta", "GET", "/v1.0/contacts/delta") { call in
                try access.require(ContactEndpoints.readers, call)
                return try answer(call, .contacts)
            }.listing,
        ]
    }

    private func answer(_ call: Call, _ kind: DeltaRound.Kind) throws(Reply) -> Reply {
        let query = GraphQuery(call)
        try query.allowOnly(["select", "filter", "deltatoken", "skiptoken"])
        let size = Self.pageSize(call.request.header("Prefer"))
        if let token = query["skiptoken"] {
            guard let (name, round, offset) = tokens.place(token), round.kind == kind else {
                throw GraphError.expiredPageToken()
            }
            return page(round, name, offset, size, query)
        }
        switch query["deltatoken"] {
        case nil, "":
            return page(
                DeltaRound(kind, select: try select(query, kind), ids: try ids(query), since: nil, in: state), size,
                query)
        case "latest":
            let select = try select(query, kind)
            // From the present version on, nothing has changed.
            let state = state
            return page(
                DeltaRound(kind, select: select, ids: try ids(query), since: state.version, in: state), size,
                query)
        case .some(let token):
            guard let link = tokens.link(token), link.kind == kind.rawValue else { throw reset(kind, query) }
            // A replay of what was already reported is allowed, and so it happens.
            let since = hostility == nil ? link.version : max(0, link.version - 3)
            return page(
                DeltaRound(kind, select: link.select, ids: link.ids, since: since, in: state), size, query)
        }
    }

    private var state: DirectoryState { directory.state }

    private func page(_ round: DeltaRound, _ size: Int, _ query: GraphQuery) -> Reply {
        page(round, tokens.keep(round), 0, size, query)
    }

    private func page(
        _ round: DeltaRound, _ name: String, _ offset: Int, _ size: Int, _ query: GraphQuery
    ) -> Reply {
        let trouble = query.pageTrouble
        let end = min(round.items.count, offset + hostileSize(size, offset))
        let path = "\(query.root(url))/\(round.kind.rawValue)/delta?"
        // A round has few pages, and each link is good for ever: a misled reader goes through the first ones again.
        let next = trouble == nil || end < round.items.count ? end : 0
        let isLast = trouble == nil && end == round.items.count
        return .json(
            GraphPage.json(
                context: "\(query.root(url))/$metadata#\(round.kind.rawValue)",
                value: values(round.items[offset..<end], round),
                nextLink: isLast ? nil : path + "$skiptoken=" + tokens.skipToken(name, next),
                deltaLink: isLast ? path + "$deltatoken=" + tokens.deltaToken(round) : nil))
    }

    /// In hostile mode pages are shorter than asked.
    private func hostileSize(_ size: Int, _ offset: Int) -> Int {
        guard let hostility else { return size }
        var generator = SeededGenerator(hostility.seed, "delta page", String(offset))
        return Int.random(in: max(1, size / 3)...size, using: &generator)
    }

    private func values(_ items: ArraySlice<DeltaRound.Item>, _ round: DeltaRound) -> [JSONValue] {
        let state = state
        var values: [JSONValue] = []
        var members: [String: [JSONValue]] = [:]
        var groups: [String] = []
        func note(_ group: String) {
            if !groups.contains(group) { groups.append(group) }
        }
        for item in items {
            switch item {
            case .person(let number): values.append(Self.value(state.person(number), round.select))
            case .group(let id): note(id)
            case .contact(let id):
                guard let contact = state.contacts[id] else { continue }
                values.append(
                    contact.isGone
                        ? ["id": .string(id), "@removed": ["reason": "deleted"]]
                        : ContactEndpoints.value(contact, select: round.select))
            case .member(let member, let group, let isPresent):
                note(group)
                members[group, default: []].append(MemberJSON.reference(member, state, isPresent: isPresent))
            }
        }
        return values
            + groups.map { id in
                var value: JSONValue = ["id": .string(id)]
                let group = state.groups[id]
                if round.select.contains("displayName") { value["displayName"] = JSONValue(group?.displayName) }
                if round.select.contains("mail") { value["mail"] = JSONValue(group?.mail) }
                if round.select.contains("proxyAddresses") {
                    value["proxyAddresses"] = JSONValue(group?.proxyAddresses ?? [])
                }
                value["members@delta"] = members[id].map(JSONValue.array)
                return value
            }
    }

    private static func value(_ person: Person, _ select: [String]) -> JSONValue {
        switch person.presence {
        case .present: UserJSON.value(person, select: select)
        case .deleted: ["id": .string(person.id), "@removed": ["reason": "changed"]]
        case .gone: ["id": .string(person.id), "@removed": ["reason": "deleted"]]
        }
    }

    private func select(_ query: GraphQuery, _ kind: DeltaRound.Kind) throws(Reply) -> [String] {
        switch kind {
        case .users:
            let select = query.select ?? UserJSON.defaults
            try UserJSON.check(select)
            return select
        case .groups:
            let select = query.select ?? ["id", "displayName", "members"]
            let known = ["id", "displayName", "members", "description", "mail", "proxyAddresses"]
            for name in select where !known.contains(name) {
                throw GraphError.badRequest(
                    "Could not find a property named '\(name)' on type 'microsoft.graph.group'.")
            }
            return select
        case .contacts: return try ContactEndpoints.selection(query)
        }
    }

    private func ids(_ query: GraphQuery) throws(Reply) -> [String]? {
        guard let text = query["filter"] else { return nil }
        let filter = try ODataFilter(text, allowing: ["id"])
        guard filter.comparisons.count == 1 || !filter.isConjunction, filter.comparisons.count <= 50 else {
            throw GraphError.unsupportedQuery("Only up to 50 'id eq' clauses joined with 'or' are supported.")
        }
        return filter.comparisons.map(\.value)
    }

    private func reset(_ kind: DeltaRound.Kind, _ query: GraphQuery) -> Reply {
        let status = tokens.resetStatus
        let reply = GraphError.reply(
            status, status == 410 ? "syncStateNotFound" : "resyncRequired",
            "The sync state generation is not found; start again with a full synchronization.")
        return status == 410
            ? reply.adding("Location", "\(query.root(url))/\(kind.rawValue)/delta?$deltatoken=") : reply
    }

    /// `odata.maxpagesize` of the Prefer header, 500 when it is absent.
    private static func pageSize(_ preference: String?) -> Int {
        let found = preference?.split(separator: "odata.maxpagesize=", maxSplits: 1).last.flatMap {
            Int($0.prefix { $0.isNumber })
        }
        return min(999, max(1, found ?? 500))
    }
}
