// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Store

/// The table `notices`: reading, claiming and finishing.
struct NoticeTable {
    let connection: any SQLConnection

    static let columns =
        "id, event, about, recipient, state, content, sealed, posted_at, changed_at, due_at, attempts, fence, address, detail, tried_at"

    func all(_ clause: String, _ parameters: [SQLValue] = []) throws -> [Notice] {
        try connection.query("SELECT \(Self.columns) FROM notices \(clause)", parameters, Self.notice)
    }

    static func notice(_ row: SQLRow) throws -> Notice {
        let key: String = try row["recipient"]
        let content: JSONValue = try row["content"]
        return Notice(
            id: try row["id"], event: try row["event"], about: try row["about"],
            // A version that knows more kinds has written it: to it nobody here sends.
            recipient: NoticeRecipient(key: key) ?? .configured(subscriberID: nil), state: try row["state"],
            values: content.object?.compactMapValues(\.string) ?? [:], sealed: try row["sealed"],
            postedAt: try row["posted_at"], changedAt: try row["changed_at"], dueAt: try row["due_at"],
            attempts: try row["attempts"], fence: try row["fence"], address: try row["address"],
            detail: try row["detail"], triedAt: try row["tried_at"])
    }

    /// Takes a notice for this node until `end`, unless somebody else has taken it since it was read.
    func claim(_ notice: Notice, by owner: String, until end: Date, at now: Date) throws -> Bool {
        try connection.execute(
            """
            UPDATE notices SET state = ?, lease_owner = ?, fence = fence + 1, attempts = attempts + 1, due_at = ?, \
            changed_at = ?, tried_at = COALESCE(tried_at, ?) WHERE id = ? AND fence = ?
            """,
            [
                SQLValue(NoticeState.sending), .text(owner), SQLValue(end), SQLValue(now), SQLValue(now),
                .text(notice.id),
                .integer(notice.fence),
            ]) == 1
    }

    /// Writes what became of a notice, if it is still as it was read or claimed. What is final keeps no secret.
    ///
    /// - Parameters:
    ///   - fence: as it must be.
    ///   - due: when it is worked on next; nil for never.
    ///   - isForOnce: whether its secret is erased in doubt, too: it is never sent again.
    @discardableResult
    func finish(
        _ id: String, fence: Int64, _ state: NoticeState, due: Date?, address: String?, _ detail: String?,
        isForOnce: Bool = false, at now: Date
    ) throws -> Bool {
        // What is in doubt may be sent again by a person, so it keeps its secret.
        let keeps = due != nil || state == .unknown && !isForOnce
        return try connection.execute(
            """
            UPDATE notices SET state = ?, due_at = ?, address = ?, detail = ?, changed_at = ?, lease_owner = NULL, \
            fence = fence + 1\(keeps ? "" : ", sealed = NULL") WHERE id = ? AND fence = ?
            """,
            [
                SQLValue(state), SQLValue(due), SQLValue(address?.storable), SQLValue(detail?.storable), SQLValue(now),
                .text(id), .integer(fence),
            ]) == 1
    }
}
