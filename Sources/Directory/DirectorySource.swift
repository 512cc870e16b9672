// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import MicrosoftGraph

/// The questions we ask Microsoft Graph about groups and people (wire/graph-directory.md sections 2 to 5).
struct DirectorySource: Sendable {
    let graph: GraphClient
    let selection: DirectorySelection

    /// The most ids one groups/delta request may name.
    static let trackedGroupsPerLink = 50

    /// The display name of an enrollment group.
    ///
    /// - Throws: `GraphError` of kind `configuration` when the group does not exist.
    func groupName(_ id: String) async throws -> String {
        do {
            let group = try await graph.send(
                GraphRequest("GET", ["groups", id], query: [("$select", "id,displayName")]))
            return group["displayName"]?.string ?? id
        } catch let error as GraphError where error.kind == .notFound || error.kind == .refused {
            throw GraphError(
                .configuration,
                "there is no group \(id) in this tenant: give the object id of the enrollment group as Entra ID "
                    + "shows it"
                    + " (\(error.message))")
        }
    }

    /// Direct members that are people, with their attributes.
    func people(in group: String) -> GraphPages { members(of: group, kind: "user", select: selection.list) }

    /// Direct members that are groups.
    func groups(in group: String) -> GraphPages { members(of: group, kind: "group", select: "id") }

    private func members(of group: String, kind: String, select: String) -> GraphPages {
        graph.pages(
            GraphRequest(
                "GET", ["groups", group, "members", "microsoft.graph.\(kind)"],
                query: [("$select", select), ("$top", "999"), ("$count", "true")], isAdvancedQuery: true))
    }

    /// The ids of all direct members, read without `eventual`, which may lag behind by minutes.
    func membersNow(of group: String) -> GraphPages {
        graph.pages(GraphRequest("GET", ["groups", group, "members"], query: [("$select", "id"), ("$top", "999")]))
    }

    /// One person; nil when the tenant does not show it.
    func person(_ id: String) async throws -> DirectoryRecord? {
        do {
            let item = try await graph.send(
                GraphRequest("GET", ["users", id], query: [("$select", selection.list)]))
            let record = try DirectoryRecord(item, selection: selection)
            if let record, !record.isComplete { throw DirectoryRecord.hiddenAttributes(of: id) }
            return record
        } catch let error as GraphError where error.kind == .notFound {
            return nil
        }
    }

    /// The objects of a collection, with name and addresses.
    func claimants(_ collection: ClaimantCollection) -> GraphPages {
        graph.pages(
            GraphRequest(
                "GET", [collection.rawValue], query: [("$select", collection.selection), ("$top", "999")]))
    }

    /// One object of a collection, with name and addresses; nil when the tenant does not show it.
    func claimant(_ id: String, in collection: ClaimantCollection) async throws -> JSONValue? {
        do {
            return try await graph.send(
                GraphRequest("GET", [collection.rawValue, id], query: [("$select", collection.selection)]))
        } catch let error as GraphError where error.kind == .notFound {
            return nil
        }
    }

    /// What the delta link of a collection watches: of users all that is mirrored of people, since one link serves both.
    func trackedAttributes(of collection: ClaimantCollection) -> String {
        collection == .users ? selection.list : collection.selection
    }

    /// A delta link for the changes of a collection from now on.
    func changesFromNow(of collection: ClaimantCollection) async throws -> String {
        try await deltaLink(of: collection.rawValue, query: [("$select", trackedAttributes(of: collection))])
    }

    /// A delta link for the direct members of these groups from now on.
    func memberChangesFromNow(of groups: some Collection<String>) async throws -> String {
        let filter = groups.map { "id eq \(GraphRequest.literal($0))" }.joined(separator: " or ")
        return try await deltaLink(of: "groups", query: [("$select", "id,displayName,members"), ("$filter", filter)])
    }

    /// Several people, some at a time; nil for those the tenant does not show.
    func people(
        _ ids: some Collection<String>, atOnce limit: Int
    ) async throws -> [(id: String, record: DirectoryRecord?)] {
        try await each(of: ids, atOnce: limit) { try await person($0) }.map { ($0, $1) }
    }

    /// Several objects of a collection; nil for those the tenant does not show.
    func claimants(
        _ ids: some Collection<String>, in collection: ClaimantCollection, atOnce limit: Int
    ) async throws -> [(id: String, item: JSONValue?)] {
        try await each(of: ids, atOnce: limit) { try await claimant($0, in: collection) }.map { ($0, $1) }
    }

    private func each<Answer: Sendable>(
        of ids: some Collection<String>, atOnce limit: Int, _ ask: @escaping @Sendable (String) async throws -> Answer
    ) async throws -> [(String, Answer)] {
        try await withThrowingTaskGroup(of: (String, Answer).self) { group in
            var result: [(String, Answer)] = []
            for (index, id) in ids.enumerated() {
                if index >= limit, let done = try await group.next() { result.append(done) }
                group.addTask { (id, try await ask(id)) }
            }
            for try await done in group { result.append(done) }
            return result
        }
    }

    /// Reads a delta round from its link to its end.
    ///
    /// - Returns: the link for the next one.
    /// - Throws: `GraphError` of kind `restart` when the link is no longer valid, is refused, leads to another service, or into a round
    ///   without end.
    func round(since link: String, _ read: (GraphPage) async throws -> Void) async throws -> String {
        var ended: String?
        guard graph.isOwn(link) else {
            throw GraphError(
                .restart, "a link that was kept leads to another service than the tenant's now: everything is read anew"
            )
        }
        do {
            for try await page in graph.pages(GraphRequest(link: link)) {
                try await read(page)
                ended = page.deltaLink
            }
        } catch let error as GraphError where [.endless, .refused, .notFound].contains(error.kind) {
            // A link that somebody on the way has changed is refused for ever. Where the service refuses more than the link, reading
            // anew says so.
            throw error.with(kind: .restart)
        }
        guard let ended else {
            throw GraphError(.transient, "a delta round ended without a deltaLink: the next pass asks again")
        }
        return ended
    }

    private func deltaLink(of collection: String, query: [(String, String)]) async throws -> String {
        let request = GraphRequest("GET", [collection, "delta"], query: query + [("$deltatoken", "latest")])
        var link: String?
        for try await page in graph.pages(request) { link = page.deltaLink }
        guard let link else {
            throw GraphError(.transient, "\(collection)/delta ended without a deltaLink: the next pass asks again")
        }
        return link
    }
}
