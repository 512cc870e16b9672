// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Single users, lists of them and what was deleted (wire/graph-directory.md sections 2, 5, 6, 9).
struct UserEndpoints: Sendable {
    let directory: TenantDirectory
    let access: GraphAccess
    let pager: GraphPager

    static let readers: Set<String> = ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All"]

    var routes: [Route] {
        [
            Route("graph.users", "GET", "/v1.0/users") { try list($0) }.listing,
            Route("graph.user", "GET", "/v1.0/users/{user}") { try one($0) },
            Route("graph.updateUser", "PATCH", "/v1.0/users/{user}") { try update($0) },
            Route("graph.checkMemberGroups", "POST", "/v1.0/users/{user}/checkMemberGroups") { try checkGroups($0) },
            Route("graph.getMemberObjects", "POST", "/v1.0/users/{user}/getMemberObjects") { try groupsOf($0) },
            Route("graph.userPurpose", "GET", "/v1.0/users/{user}/mailboxSettings/userPurpose") { try purpose($0) },
            // The namespace may be left out to its last word.
            Route("graph.deletedUsers", "GET", "/v1.0/directory/deletedItems/microsoft.graph.user") {
                try deleted($0)
            }.listing,
            Route("graph.deletedUsers", "GET", "/v1.0/directory/deletedItems/graph.user") { try deleted($0) }.listing,
            Route("graph.deletedItem", "GET", "/v1.0/directory/deletedItems/{item}") { try deletedItem($0) },
            Route("graph.restore", "POST", "/v1.0/directory/deletedItems/{item}/restore") { try restore($0) },
        ]
    }

    private func selection(_ query: GraphQuery) throws(Reply) -> [String] {
        let select = query.select ?? UserJSON.defaults
        try UserJSON.check(select)
        return select
    }

    private func person(_ call: Call) throws(Reply) -> (number: Int, person: Person) {
        guard let number = directory.presentNumber(call["user"]) else { throw GraphError.notFound(call["user"]) }
        return (number, directory.state.person(number))
    }

    private func one(_ call: Call) throws(Reply) -> Reply {
        try access.require(Self.readers, call)
        let query = GraphQuery(call)
        let select = try selection(query)
        var value = UserJSON.value(try person(call).person, select: select)
        value["@odata.context"] = .string("\(query.root(pager.url))/$metadata#users/$entity")
        return .json(value)
    }

    private func update(_ call: Call) throws(Reply) -> Reply {
        try access.require(["User.ReadWrite.All", "Directory.ReadWrite.All"], call)
        try UserChange(directory: directory).apply(call.json, to: try person(call).number)
        return .empty()
    }

    private func list(_ call: Call) throws(Reply) -> Reply {
        try access.require(Self.readers, call)
        let query = GraphQuery(call)
        try query.allowOnly(["select", "top", "filter", "count", "skiptoken"])
        let state = directory.state
        var numbers = state.numbers.filter(state.isPresent)
        if let text = query["filter"] {
            let filter = try ODataFilter(text, allowing: ["id", "userPrincipalName", "mail", "employeeId"])
            numbers = numbers.filter { number in
                let person = UserJSON.value(state.person(number), select: filter.comparisons.map(\.property))
                return filter.matches { person[$0]?.string }
            }
        }
        return try page(numbers, state, query)
    }

    private func page(_ people: [Int], _ state: DirectoryState, _ query: GraphQuery) throws(Reply) -> Reply {
        let select = try selection(query)
        let page = try pager.page(of: query, pageSize: query.pageSize(999), count: people.count)
        return .json(
            GraphPage.json(
                context: "\(query.root(pager.url))/$metadata#users",
                value: people[page.range].map { UserJSON.value(state.person($0), select: select) },
                nextLink: page.nextLink))
    }

    private func checkGroups(_ call: Call) throws(Reply) -> Reply {
        try access.require(["GroupMember.Read.All", "Directory.Read.All"], call)
        guard let ids = call.json?["groupIds"]?.array?.compactMap(\.string), !ids.isEmpty else {
            throw GraphError.badRequest("The parameter 'groupIds' is missing.")
        }
        guard ids.count <= 20 else { throw GraphError.badRequest("At most 20 group ids can be checked.") }
        let groups = directory.state.transitiveGroups(of: try person(call).number)
        return .json(GraphPage.json(context: nil, value: ids.filter(groups.contains).map { .string($0) }))
    }

    private func groupsOf(_ call: Call) throws(Reply) -> Reply {
        try access.require(["GroupMember.Read.All", "Directory.Read.All"], call)
        guard call.json?["securityEnabledOnly"]?.bool != nil else {
            throw GraphError.badRequest("The parameter 'securityEnabledOnly' is missing.")
        }
        let groups = directory.state.transitiveGroups(of: try person(call).number)
        return .json(GraphPage.json(context: nil, value: groups.map { .string($0) }))
    }

    private func purpose(_ call: Call) throws(Reply) -> Reply {
        try access.require(["MailboxSettings.Read", "MailboxSettings.ReadWrite"], call)
        guard let purpose = try person(call).person.mailboxPurpose else {
            throw GraphError.reply(
                404, "MailboxNotEnabledForRESTAPI",
                "The mailbox is either inactive, soft-deleted, or is hosted on-premise.")
        }
        return .json([
            "@odata.context": .string("\(GraphQuery(call).root(pager.url))/$metadata#userPurpose"),
            "value": .string(purpose),
        ])
    }

    private func deleted(_ call: Call) throws(Reply) -> Reply {
        try access.require(Self.readers, call)
        let state = directory.state
        return try page(state.deletedNumbers, state, GraphQuery(call))
    }

    private func deletedItem(_ call: Call) throws(Reply) -> Reply {
        try access.require(Self.readers, call)
        let select = try selection(GraphQuery(call))
        return .json(UserJSON.value(directory.state.person(try deletedNumber(call)), select: select))
    }

    private func deletedNumber(_ call: Call) throws(Reply) -> Int {
        let state = directory.state
        guard let number = state.number(ofID: call["item"]), state.deletedNumbers.contains(number) else {
            throw GraphError.notFound(call["item"])
        }
        return number
    }

    private func restore(_ call: Call) throws(Reply) -> Reply {
        try access.require(["User.ReadWrite.All"], call)
        let number = try deletedNumber(call)
        directory.change { $0.change(number) { $0.restore() } }
        return .json(UserJSON.value(directory.state.person(number), select: UserJSON.defaults))
    }
}
