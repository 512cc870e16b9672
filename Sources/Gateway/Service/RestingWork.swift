// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Ledger

/// Recurring work that somebody lets rest: it is said as long as it lasts, for what people are shown meanwhile is old.
public enum RestingWork {
    /// One sentence for each, with the next step. One look-up for each kind of work.
    ///
    /// - Throws: `StoreError`.
    public static func sentences(in ledger: OrderLedger) async throws -> [JobBook.Job: String] {
        var sentences: [JobBook.Job: String] = [:]
        for job in JobBook.Job.allCases {
            let wish = try await JobWish.of(job, in: ledger)
            guard let since = wish.pausedAt else { continue }
            sentences[job] =
                "\(job.rawValue) rests since \(since.ISO8601Format()), for \(wish.pausedBy ?? "somebody"): the service no longer "
                + "\(job.meaning); 'certway job resume \(job.rawValue)' lets it go on"
        }
        return sentences
    }
}
