// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions

/// One rule that reads an answer: when it applies, what the answer then amounts to, and what to take from it.
struct OutcomeRule: Sendable {
    let when: JQProgram?
    let kind: OutcomeKind
    let programs: [(key: String, program: JQProgram)]
    /// Values of members that are no programs.
    let words: [String: String]
    let durations: [String: Duration]

    /// The operation a `then` goes on with.
    var followUp: String? { kind == .then ? words["operation"] : nil }
}
