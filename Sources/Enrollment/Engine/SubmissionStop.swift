// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Why nothing new is ordered at a backend CA until somebody has mended something; kept in the ledger, so that the next
/// process knows it, too.
struct SubmissionStop: Sendable, Equatable {
    /// One sentence with the next step.
    let cause: String
    /// What it was found with: once that has changed, the stop is over.
    let fingerprint: String

    init(cause: String, fingerprint: String) {
        self.cause = cause
        self.fingerprint = fingerprint
    }

    init?(json: JSONValue) {
        guard let cause = json["cause"]?.string, let fingerprint = json["fingerprint"]?.string else { return nil }
        self.init(cause: cause, fingerprint: fingerprint)
    }

    var json: JSONValue { ["cause": .string(cause), "fingerprint": .string(fingerprint)] }
}
