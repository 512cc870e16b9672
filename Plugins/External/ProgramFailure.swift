// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

/// A call to the program that came to no answer.
struct ProgramFailure: Error {
    /// How far the call came.
    enum Cause {
        /// The program has not read it.
        case unread
        /// Nothing was given to it: the work may be another node's by now.
        case tooLate
        /// It may have read it, and ended, hung or was stopped.
        case unanswered
        /// It answered something that the conversation does not know: its own mistake, which stays until somebody mends it.
        case misanswered
    }

    var cause: Cause
    /// Safe to show.
    let message: String
    /// What the program wrote last on standard error, without secrets.
    let detail: String?

    /// Who must act.
    ///
    /// - Parameter isCreating: whether the call may have made an order, which is in doubt then, whatever went wrong.
    func kind(isCreating: Bool) -> ConnectorError.Kind {
        switch cause {
        case .unread: .configuration
        case .tooLate: .transient
        case .unanswered: isCreating ? .outcomeUnknown : .transient
        case .misanswered: isCreating ? .outcomeUnknown : .configuration
        }
    }
}
