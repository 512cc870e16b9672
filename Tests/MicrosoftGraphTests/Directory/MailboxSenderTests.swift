// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Directory

/// Who may write in the name of a mailbox is asked once a day, of each mailbox at its own time.
@Suite struct MailboxSenderTests {
    private static let pass: TimeInterval = 900

    private func mailbox(_ id: String, readAt: Date?, problem: String? = nil) -> SharedMailbox {
        SharedMailbox(id: id, address: "a@b", name: "", isPresent: true, readAt: readAt, problem: problem)
    }

    /// The times of a day at which it is asked.
    private func moments(_ id: String) -> [Int] {
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        return (1...96).filter { number in
            let now = start + Double(number) * Self.pass
            return MailboxPass.asksForSenders(of: id, mailbox(id, readAt: now - Self.pass), at: now)
        }
    }

    @Test func onceADayAndNotAllAtOnce() {
        let each = (0..<200).map { _ in moments(UUID().uuidString.lowercased()) }
        #expect(each.allSatisfy { $0.count == 1 })
        // 200 mailboxes over 96 passes: nothing like all of them in one.
        let most = Dictionary(grouping: each.joined()) { $0 }.values.map(\.count).max() ?? 0
        #expect(most < 20, "\(most)")
    }

    @Test func atTheFirstReadingAndAfterAProblem() {
        let (id, now) = (UUID().uuidString, Date(timeIntervalSince1970: 1_800_000_000))
        #expect(MailboxPass.asksForSenders(of: id, nil, at: now))
        #expect(MailboxPass.asksForSenders(of: id, mailbox(id, readAt: nil), at: now))
        #expect(MailboxPass.asksForSenders(of: id, mailbox(id, readAt: now, problem: "half an answer"), at: now))
        #expect(!MailboxPass.asksForSenders(of: id, mailbox(id, readAt: now), at: now))
    }
}
