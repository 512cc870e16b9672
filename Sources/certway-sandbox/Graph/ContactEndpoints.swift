// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Organizational contacts (`/contacts`, resource orgContact of Microsoft Graph v1.0).
struct ContactEndpoints: Sendable {
    let directory: TenantDirectory
    let access: GraphAccess
    let pager: GraphPager

    static let readers: Set<String> = ["OrgContact.Read.All", "Directory.Read.All"]

    private static let properties: [String: @Sendable (MailContact) -> JSONValue] = [
        "id": { .string($0.id) }, "displayName": { .string($0.displayName) }, "mail": { JSONValue($0.mail) },
        "proxyAddresses": { JSONValue($0.proxyAddresses) }, "givenName": { _ in nil }, "surname": { _ in nil },
        "companyName": { _ in nil }, "department": { _ in nil }, "jobTitle": { _ in nil },
        "mailNickname": { contact in JSONValue(contact.mail.map { String($0.prefix { $0 != "@" }) }) },
    ]

    var routes: [Route] {
        [
            Route("graph.contacts", "GET", "/v1.0/contacts") { try list($0) }.listing,
            Route("graph.contact", "GET", "/v1.0/contacts/{contact}") { try one($0) },
        ]
    }

    static func selection(_ query: GraphQuery) throws(Reply) -> [String] {
        let select = query.select ?? properties.keys.sorted()
        for name in select where properties[name] == nil {
            throw GraphError.badRequest(
                "Could not find a property named '\(name)' on type 'microsoft.graph.orgContact'.")
        }
        return select
    }

    static func value(_ contact: MailContact, select: [String]) -> JSONValue {
        var members: [String: JSONValue] = ["id": .string(contact.id)]
        for name in select { members[name] = properties[name]?(contact) }
        return .object(members)
    }

    private func list(_ call: Call) throws(Reply) -> Reply {
        try access.require(Self.readers, call)
        let query = GraphQuery(call)
        try query.allowOnly(["select", "top", "skiptoken"])
        let contacts = directory.state.contacts.values.filter { !$0.isGone }.sorted { $0.id < $1.id }
        let select = try Self.selection(query)
        let page = try pager.page(of: query, pageSize: query.pageSize(999), count: contacts.count)
        return .json(
            GraphPage.json(
                context: "\(query.root(pager.url))/$metadata#contacts",
                value: contacts[page.range].map { Self.value($0, select: select) }, nextLink: page.nextLink))
    }

    private func one(_ call: Call) throws(Reply) -> Reply {
        try access.require(Self.readers, call)
        let select = try Self.selection(GraphQuery(call))
        guard let contact = directory.state.contacts[call["contact"].lowercased()], !contact.isGone else {
            throw GraphError.notFound(call["contact"])
        }
        return .json(Self.value(contact, select: select))
    }
}
