// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A call to the program that came to no answer.
struct ProgramFailure: Error {
    /// Safe to show.
    let message: String
    /// What the program wrote last on standard error, for logs.
    let detail: String?
    /// Whether the program may have read the call.
    let mayHaveBeenRead: Bool
}
