// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// How far a notice is. Nothing but `waiting` and `sending` is worked on.
public enum NoticeState: String, Sendable, Hashable, CaseIterable, SQLRepresentable {
    /// To be sent, at once or after a pause.
    case waiting
    /// A node is about to hand it to a mail service, or has just done so.
    case sending
    /// The mail service has taken it.
    case sent
    /// Nobody knows whether the mail service has taken it; a person decides whether it is sent again.
    case unknown
    /// Given up, with the reason.
    case failed
    /// Handed on to those who are meant, one notice for each.
    case addressed
    /// Not to be sent: switched off, or about what is long past.
    case dropped
}
