// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Groups and their members (wire/graph-directory.md sections 2 and 3).
struct GroupEndpoints: Sendable {
    let directory: TenantDirectory
    let access: GraphAccess
    let pager: GraphPager
    let listings = MemberListings()

    private static let readers: Set<String> = ["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"]

    var routes: [Route] {
        let group = "/v1.0/groups/{group}"
        var routes = [
            Route("graph.groups", "GET", "/v1.0/groups") { try list($0) }.listing,
            Route("graph.group", "GET", group) { try one($0) },
        ]
        for (name, isTransitive) in [("members", false), ("transitiveMembers", true)] {
            let operation = "graph.\(name)"
            routes += [
                Route(operation, "GET", "\(group)/\(name)") { try members($0, isTransitive, cast: nil) }.listing,
                Route(operation, "GET", "\(group)/\(name)/$count") { try count($0, isTransitive, cast: nil) },
                Route(operation, "GET", "\(group)/\(name)/{cast}") {
                    try members($0, isTransitive, cast: $0["cast"])
                }.listing,
                Route(operation, "GET", "\(group)/\(name)/{cast}/$count") {
                    try count($0, isTransitive, cast: $0["cast"])
                },
            ]
        }
        return routes
    }

    private func json(_ group: TenantGroup) -> JSONValue {
        [
            "id": .string(group.id), "displayName": .string(group.displayName), "securityEnabled": true,
            "mailEnabled": .bool(group.mail != nil), "groupTypes": [], "mail": JSONValue(group.mail),
            "proxyAddresses": JSONValue(group.proxyAddresses),
        ]
    }

    private func list(_ call: Call) throws(Reply) -> Reply {
        try access.require(Self.readers, call)
        let query = GraphQuery(call)
        try query.allowOnly(["select", "top", "filter", "count", "skiptoken"])
        var groups = directory.state.groups.values.sorted { $0.id < $1.id }
        if let text = query["filter"] {
            let filter = try ODataFilter(text, allowing: ["id", "displayName"])
            groups = groups.filter { group in filter.matches { $0 == "id" ? group.id : group.displayName } }
        }
        let page = try pager.page(of: query, pageSize: query.pageSize(999), count: groups.count)
        return .json(
            GraphPage.json(
                context: "\(query.root(pager.url))/$metadata#groups", value: groups[page.range].map { json($0) },
                nextLink: page.nextLink))
    }

    private func group(_ call: Call) throws(Reply) -> TenantGroup {
        guard let group = directory.state.groups[call["group"].lowercased()] else {
            throw GraphError.notFound(call["group"])
        }
        return group
    }

    private func one(_ call: Call) throws(Reply) -> Reply {
        try access.require(Self.readers, call)
        return .json(json(try group(call)))
    }

    private func found(_ call: Call, _ isTransitive: Bool, _ cast: String?) throws(Reply) -> [GroupMember] {
        let types = ["user", "group", "device", "orgContact", "servicePrincipal"]
        // The namespace may be left out to its last word, as Microsoft's own clients do.
        let type = types.first { ["microsoft.graph.\($0)", "graph.\($0)"].contains(cast) }
        guard cast == nil || type != nil else {
            throw GraphError.badRequest("Resource not found for the segment '\(cast ?? "")'.")
        }
        return listings.members(of: try group(call).id, isTransitive, type: type, in: directory.state)
    }

    private func isEventual(_ call: Call) -> Bool {
        call.request.header("ConsistencyLevel")?.lowercased() == "eventual"
    }

    private func count(_ call: Call, _ isTransitive: Bool, cast: String?) throws(Reply) -> Reply {
        try access.require(Self.readers, call)
        guard isEventual(call) else {
            throw GraphError.badRequest("$count is not currently supported without 'ConsistencyLevel: eventual'.")
        }
        return .text(String(try found(call, isTransitive, cast).count))
    }

    private func members(_ call: Call, _ isTransitive: Bool, cast: String?) throws(Reply) -> Reply {
        let roles = try access.require(Self.readers, call)
        let query = GraphQuery(call)
        try query.allowOnly(["select", "top", "count", "skiptoken"])
        guard cast == nil || (isEventual(call) && query.wantsCount) else {
            throw GraphError.unsupportedQuery(
                "The request uses advanced query parameters: send $count=true and 'ConsistencyLevel: eventual'.")
        }
        guard !query.wantsCount || isEventual(call) else {
            throw GraphError.unsupportedQuery("$count=true needs 'ConsistencyLevel: eventual'.")
        }
        let select = query.select ?? UserJSON.defaults
        if cast?.hasSuffix("graph.user") == true { try UserJSON.check(select) }
        let members = try found(call, isTransitive, cast)
        let page = try pager.page(of: query, pageSize: query.pageSize(999), count: members.count)
        let showsProperties = roles.contains("User.Read.All") || roles.contains("Directory.Read.All")
        let state = directory.state
        let isFirst = query["skiptoken"] == nil
        return .json(
            GraphPage.json(
                context: "\(query.root(pager.url))/$metadata#directoryObjects",
                value: members[page.range].map { member in
                    MemberJSON.value(
                        member, state, select: select, showsProperties: showsProperties, isTyped: cast == nil)
                },
                nextLink: page.nextLink, count: query.wantsCount && isFirst ? members.count : nil))
    }
}
