// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// A call whose COMMIT was sent and not confirmed.
struct UnfinishedCommit: Sendable {
    let call: any DatabaseCall
    /// By which it can be looked up; nil while the database has no table for receipts.
    var evidence: (any CommitEvidence)?
    /// When the caller is told that it is not known.
    let deadline: ContinuousClock.Instant
    private let limit: Duration

    init(call: any DatabaseCall, options: ODBCDatabase.Options) {
        self.call = call
        limit = options.outcomeTimeout
        // The commit itself may take as long as a statement.
        deadline = .now + options.outcomeTimeout + options.statementTimeout
    }

    /// The error for one that was not done and never will be.
    func undone(_ address: ServerAddress) -> StoreError {
        StoreError(
            .connection,
            "the connection to the database \(address) broke while a step was being kept; it was not, and nothing of it stays: "
                + "try again")
    }

    /// The error for one of which nobody knows.
    func unknown(_ address: ServerAddress) -> StoreError {
        let reason =
            evidence == nil
            ? "the database keeps no receipts yet to look it up" : "the database could not be asked for \(limit.text)"
        return StoreError(
            .unknownOutcome,
            "the connection to the database \(address) broke while a step was being kept, and \(reason): it may have been kept or "
                + "not; see that the database runs, then look at what it has before the step is done again")
    }
}
