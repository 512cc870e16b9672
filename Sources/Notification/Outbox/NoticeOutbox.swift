// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import JSONDocuments
public import Store

/// Where notices are put by the transaction of what they tell of, and where the sender finds them. What was posted is sent even when
/// this process ends with the commit; what was rolled back is never told.
public enum NoticeOutbox {
    /// Posts a notice, unless the same one was posted before.
    ///
    /// What is told once is the triple of event, thing and recipient, so `about` names the thing as exactly as it shall be told: a
    /// certificate by its number, a reminder with the day.
    ///
    /// - Parameters:
    ///   - about: at most 190 characters, such as `certificate 17` or `package 3f…`.
    ///   - values: by the name of the placeholder; see `NoticeEvent.placeholders`. Never a secret.
    ///   - secrets: values that are sealed until the notice is sent.
    ///   - date: the present time of the store.
    ///   - connection: of a write; the row belongs to its transaction.
    /// - Returns: whether it was posted now.
    /// - Throws: `StoreError`; with `constraint` where another transaction posts the same at this moment: that one is told, and this
    ///   transaction may be run again.
    @discardableResult
    public static func post(
        event: NoticeEvent, about: String, to recipient: NoticeRecipient, values: [String: String] = [:],
        secrets: NoticeSecrets? = nil, at date: Date, in connection: any SQLConnection
    ) throws -> Bool {
        let known = try connection.value(
            "SELECT id FROM notices WHERE event = ? AND about = ? AND recipient = ?",
            [SQLValue(event), .text(about), .text(recipient.key)], as: String.self)
        guard known == nil else { return false }
        let id = UUID().uuidString.lowercased()
        try connection.insert(
            into: "notices",
            [
                "id", "event", "about", "recipient", "state", "content", "sealed", "posted_at", "changed_at", "due_at",
                "attempts", "fence",
            ],
            rows: [
                [
                    .text(id), SQLValue(event), .text(about), .text(recipient.key), SQLValue(NoticeState.waiting),
                    SQLValue(JSONValue.object(values.mapValues { .string($0.storable) })),
                    try secrets.map { .blob(try $0.sealed(for: id)) } ?? .null, SQLValue(date), SQLValue(date),
                    SQLValue(date), .integer(0), .integer(0),
                ]
            ])
        return true
    }
}
