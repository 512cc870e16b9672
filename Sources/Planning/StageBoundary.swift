// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The named moments between commit and network at which a test may end the process.
///
/// `CERTWAY_KILL_AT=<name>` makes the process kill itself with SIGKILL the first time it gets there, which is how the
/// promise "never lose a key, never buy twice" is proved moment by moment.
public enum StageBoundary: String, Sendable, CaseIterable {
    case exceptionNoted, planned, beforeKeyCommit, keyed, beforeSubmit, submitCommitted, answered, pendingCommitted,
        beforePoll, polled
    case beforeIssueCommit, issued, beforeDelivery, delivered, deliveryCommitted, active, endPlanned
    case beforeRevoke, revokeAnswered, revoked, beforeLook, seen
    case beforeWithdraw, withdrawAnswered, withdrawn
    case keysWanted

    private static let killAt = ProcessInfo.processInfo.environment["CERTWAY_KILL_AT"].flatMap(StageBoundary.init)

    /// Called where the work passes this moment.
    public func pass() {
        if Self.killAt == self { kill(getpid(), SIGKILL) }
    }
}
