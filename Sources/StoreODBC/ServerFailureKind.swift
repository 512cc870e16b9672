// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What kind of failure a server reports; how the door goes on, and which words the operator gets.
enum ServerFailureKind: Sendable, Hashable, CaseIterable {
    /// A rule of the schema was broken, or a trigger refused.
    case constraint
    case tooLong
    /// A table, index, column or trigger of that name is there already.
    case exists
    /// Two transactions stood in each other's way and this one was undone: its body runs again.
    case deadlock
    /// Another transaction has held a row for longer than we wait.
    case lockTimeout
    /// The statement took longer than it may, or was cancelled for that.
    case statementTimeout
    /// The plan that was prepared does not fit the schema any more: it is prepared anew and the body runs again.
    case stalePlan
    /// The connection is gone, and with it all that was not committed.
    case lost
    /// There is no connection to be had.
    case away
    /// Encryption could not be agreed, or the certificate is not the right one.
    case certificate
    case login
    case permission
    case readOnly
    case full
    /// The text of a statement does not fit the schema that is there.
    case schema
    case corrupt
    case driverMissing
    case other
}
