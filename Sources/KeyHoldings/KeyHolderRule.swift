// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Foundation
import Store

/// Who of those who may open a shared mailbox is to have its key: whoever could have a certificate of the template as a person. A right
/// alone is not enough: a guest works in another organisation, and nobody signs in by an account that is disabled or deleted.
public struct KeyHolderRule: Sendable, Hashable {
    /// Whether people from other organisations may have it.
    public let includesGuests: Bool
    /// How long a copy stays with somebody whose account was disabled, and who may come back.
    public let grace: Duration

    public init(includesGuests: Bool = false, grace: Duration = .zero) {
        (self.includesGuests, self.grace) = (includesGuests, grace)
    }

    /// Of a row `r` of `mailbox_people`: whether that person may be given a key now. Whose account was not looked at yet waits for it.
    var receives: (condition: String, parameters: [SQLValue]) {
        let words = words()
        return (
            "r.present = 1 AND r.rights IN (1, 3) AND r.account IN (\(places(words)))",
            words.map { SQLValue($0.rawValue) }
        )
    }

    /// Of such a row: whether that person keeps a key that is there, and may have had it.
    func keeps(at now: Date) -> (condition: String, parameters: [SQLValue]) {
        let (present, away) = (words(), words(.disabled))
        return (
            """
            r.present = 1 AND r.rights IN (1, 3) AND (r.account IS NULL OR r.account IN (\(places(present))) \
            OR r.account IN (\(places(away))) AND r.away_since > ?)
            """,
            (present + away).map { SQLValue($0.rawValue) } + [SQLValue(now - Double(grace.components.seconds))]
        )
    }

    private func words(_ more: MailboxAccount = []) -> [MailboxAccount] {
        [more] + (includesGuests ? [more.union(.guest)] : [])
    }

    private func places(_ words: [MailboxAccount]) -> String { words.map { _ in "?" }.joined(separator: ", ") }
}
