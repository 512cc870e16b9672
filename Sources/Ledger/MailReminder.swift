// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// How often a CA was asked from here to write again about an order.
public struct MailReminder: Sendable, Hashable {
    /// Kind of the event that says so.
    public static let event = "validationMailed"

    /// So long after one no other leaves, whoever asks: a double click, or a script, is one mail to the person.
    static let rest: TimeInterval = 60

    public let count: Int
    public let last: Date

    /// - Throws: `LedgerError.notPossible` for one that was asked for just now.
    public func requireRested(at now: Date, _ reference: String) throws(LedgerError) {
        guard last + Self.rest <= now || last > now else {
            throw .notPossible(
                "the CA was asked a moment ago to write again about order \(reference): it can be asked once a minute")
        }
    }
}
