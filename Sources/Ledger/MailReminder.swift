// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// How often a CA was asked from here to write again about an order.
public struct MailReminder: Sendable, Hashable {
    /// Kind of the event that says so.
    public static let event = "validationMailed"

    public let count: Int
    public let last: Date
}
