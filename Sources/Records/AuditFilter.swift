// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Store

/// Which records to list; nil is any.
public struct AuditFilter: Sendable {
    /// Part of the name of who acted.
    public var actor: String?
    public var actions: Set<String>?
    /// The id of an object, or its beginning.
    public var object: String?
    /// Part of the user principal name of whom it concerns.
    public var person: String?
    public var outcome: AuditOutcome?
    public var from: Date?
    /// Not itself.
    public var until: Date?

    public init(
        actor: String? = nil, actions: Set<String>? = nil, object: String? = nil, person: String? = nil,
        outcome: AuditOutcome? = nil, from: Date? = nil, until: Date? = nil
    ) {
        (self.actor, self.actions, self.object, self.person) = (actor, actions, object, person)
        (self.outcome, self.from, self.until) = (outcome, from, until)
    }

    var conditions: SQLConditions {
        var conditions = SQLConditions()
        conditions.add("actor LIKE ? ESCAPE '!'", actor.map(SQLConditions.pattern(containing:)))
        conditions.add("action", anyOf: actions)
        if let object {
            conditions.add("object_id >= ? AND object_id < ?", all: [.text(object), .text(object + "\u{10FFFD}")])
        }
        conditions.add("person LIKE ? ESCAPE '!'", person.map(SQLConditions.pattern(containing:)))
        conditions.add("outcome = ?", outcome?.rawValue)
        conditions.add("occurred_at >= ?", from)
        conditions.add("occurred_at < ?", until)
        return conditions
    }
}

extension AuditTrail {
    private static let list = SQLList(
        "audit_records",
        keys: [
            ("number", ["number"]), ("time", ["occurred_at"]), ("actor", ["actor"]), ("action", ["action"]),
            ("object", ["object_id"]), ("outcome", ["outcome"]),
        ], identity: ["number"], standard: ListSort("number", isDescending: true))

    /// How records are listed.
    public static let sorting = list.sorting

    /// Records, newest first in the list's own order.
    ///
    /// - Throws: `ListError`, `StoreError`.
    public func records(
        _ filter: AuditFilter, _ request: ListRequest = ListRequest()
    ) async throws -> ListPage<AuditRecord> {
        try await database.read { connection in
            try Self.list.page(request, filter.conditions, on: connection) { try $0.map(AuditTable.record) }
        }
    }
}
