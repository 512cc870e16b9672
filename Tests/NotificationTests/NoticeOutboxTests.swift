// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store
import TestSupport
import Testing

@testable import Notification

@Suite struct NoticeOutboxTests {
    @Test("the same notice is posted once, another thing or recipient again")
    func once() async throws {
        let database = try await TestDatabase(NoticeTables.migrations)
        let date = Date(timeIntervalSince1970: 1_800_000_000)
        let posted = try await database.write { connection in
            try [
                ("a", NoticeRecipient.administrators), ("a", .administrators), ("b", .administrators),
                ("a", .address("x@y.test")),
            ]
            .map { try NoticeOutbox.post(event: .issued, about: $0.0, to: $0.1, at: date, in: connection) }
        }
        #expect(posted == [true, false, true, true])
    }

    @Test("one failed attempt is told only to who has waited for it")
    func firstAttempt() async throws {
        let database = try await TestDatabase(NoticeTables.migrations)
        let date = Date(timeIntervalSince1970: 1_800_000_000)
        try await database.write { connection in
            for about in ["a", "b"] {
                try NoticeOutbox.post(event: .issued, about: about, to: .administrators, at: date, in: connection)
            }
        }
        let notices = Notices(database)
        #expect(try await notices.failing(since: date - 60, orTriedSince: date) == nil)
        try await database.write { connection in
            _ = try connection.execute("UPDATE notices SET attempts = 1, changed_at = ?", [SQLValue(date + 10)])
        }
        #expect(try await notices.failing(since: date - 60) == nil)
        #expect(try await notices.failing(since: date - 60, orTriedSince: date)?.count == 2)
        #expect(try await notices.failing(since: date - 60, orTriedSince: date + 20) == nil)
    }

    @Test(
        "a recipient is read back from its key",
        arguments: [
            NoticeRecipient.administrators, .address("a:b@c.test"), .person(subscriberID: "7f0c"),
            .configured(subscriberID: nil), .configured(subscriberID: "7f0c"),
        ])
    func recipients(_ recipient: NoticeRecipient) { #expect(NoticeRecipient(key: recipient.key) == recipient) }
}
