// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Expressions

/// What an answer amounts to when a rule applies, and what the rule takes from it.
struct OutcomeRule: Sendable {
    let when: JQProgram
    let kind: OutcomeKind
    /// The members whose programs read the answer, in the order of their values.
    let members: [String]
    /// Values of members that are no programs.
    let words: [String: String]
    let durations: [String: Duration]

    /// The key path of a member, such as `operations.poll.outcomes[0].issued.chain`.
    func path(of member: String) -> String { "\(when.keyPath.dropLast("when".count))\(kind.rawValue).\(member)" }

    /// The operation a `then` goes on with.
    var followUp: String? { kind == .then ? words["operation"] : nil }
}
