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

    @Test(
        "a recipient is read back from its key",
        arguments: [
            NoticeRecipient.administrators, .address("a:b@c.test"), .person(subscriberID: "7f0c"),
            .configured(subscriberID: nil), .configured(subscriberID: "7f0c"),
        ])
    func recipients(_ recipient: NoticeRecipient) { #expect(NoticeRecipient(key: recipient.key) == recipient) }
}
