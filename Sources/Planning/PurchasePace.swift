// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Settings
import YAMLDocuments

/// How many certificates one person may get within some days by nobody's decision here. Other bounds hold for a pass, so that two
/// programs that change an attribute to and fro would buy one with each pass, for ever.
struct PurchasePace {
    /// How a reason begins by which an order waits for its turn.
    private static let begin = "has had"
    private static let days = 30
    private static let day: TimeInterval = 86_400
    private static let mailboxFactor = 5
    /// No more than a standing tells of, and than the limit can be set to.
    private static let mostTold = 100

    let template: TemplateConfiguration
    let now: Date
    /// Whether what follows is a person's decision, or due by the calendar.
    var isFree = false

    /// Whether a reason that `wait` has given says that nobody here wanted it so.
    static func isRefusal(_ reason: String) -> Bool { reason.hasPrefix(begin) }

    /// Why a renewal that is due by the calendar waits, and until when: what was ordered just now cannot have come to its end, unless a
    /// clock is wrong, and what a renewal does not cure another one does not.
    func waitToRenew(_ standing: SubscriberStanding) -> (reason: String, until: Date)? {
        guard let start = standing.notBefore, let end = standing.notAfter, standing.purchases.count > 1 else {
            return nil
        }
        // Nothing is renewed before the last third of its validity.
        let until = standing.createdAt + end.timeIntervalSince(start) / 3
        guard now < until else { return nil }
        let reason =
            "has had \(standing.purchases.count) certificates, and the newest, ordered on "
            + "\(CalendarDay.text(standing.createdAt)), is due for renewal already: is the clock of this machine right? The next one comes "
            + "on \(CalendarDay.text(until)) at the earliest"
        return (reason, until)
    }

    /// Why another order waits, and until when; nil where it need not. Certificates that last for days are ordered more often by
    /// themselves, so that for them only the last third of their validity counts.
    func wait(_ standing: SubscriberStanding) -> (reason: String, until: Date)? {
        // Many come and go who may open a mailbox, and each who has had its key may read on until it is changed.
        let most = min(
            template.limits.certificatesPerPerson * (template.mailboxes == nil ? 1 : Self.mailboxFactor),
            Self.mostTold)
        guard !isFree, standing.purchases.count >= most else { return nil }
        var span = Double(Self.days) * Self.day
        if let start = standing.notBefore, let end = standing.notAfter {
            span = min(span, end.timeIntervalSince(start) / 3)
        }
        // The oldest of those that count: once its time is over there is room for one more.
        let until = standing.purchases[most - 1] + span
        guard now < until else { return nil }
        let reason =
            "has had \(Plural(most, "certificate")) since \(CalendarDay.text(standing.purchases[most - 1])), and the "
            + "template's limits.certificatesPerPerson lets the next one come on \(CalendarDay.text(until))"
        return (reason, until)
    }
}
