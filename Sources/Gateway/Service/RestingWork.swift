// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Ledger

/// Recurring work that somebody lets rest: it is said as long as it lasts, for what people are shown meanwhile is old.
public enum RestingWork {
    /// One sentence for each, with the next step.
    ///
    /// - Throws: `StoreError`.
    public static func sentences(in ledger: OrderLedger) async throws -> [JobBook.Job: String] {
        try await JobWish.all(in: ledger).compactMapValues { wish in
            wish.pausedAt.map { since in
                "\(wish.job.rawValue) rests since \(since.ISO8601Format()), for \(wish.pausedBy ?? "somebody"): the service no longer "
                    + "\(wish.job.meaning); 'certway job resume \(wish.job.rawValue)' lets it go on"
            }
        }
    }
}
