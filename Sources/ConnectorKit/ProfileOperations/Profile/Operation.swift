// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Expressions

/// One operation of a profile: a request and the rules that read its answer, tried in order.
struct Operation: Sendable {
    let name: String
    /// The preparations whose values its programs see.
    let needs: [String]
    let request: RequestTemplate
    /// What in an answer tells which order it is about: the CA's id, or a certificate; nil where none does.
    let answers: JQProgram?
    let outcomes: [OutcomeRule]
    /// The programs of `outcomes`, rule for rule.
    let choice: JQChoice?
    /// For findByReference: whether the polled answer is the order searched for.
    let match: JQProgram?
    /// For findByReference: whether an order is the one searched for by the key of its certificate.
    let matchesKey: Bool
    /// Whether it is the enrollment once more, as a step of an order that exists: it may issue.
    var isSubmission = false
    /// For findByReference: whether its request depends on this machine's clock.
    var asksByTime = false
    /// For findByReference: whether its request or what is made of the answer depends on this machine's clock.
    var usesTime = false

    /// Operations that make something at the CA which costs money: what happened to such a request must be known.
    var isCreating: Bool { name == "enroll" || name == "renew" }

    /// Whether an operation of that name asks about an order whose id is known before.
    static func isAboutOrder(_ name: String) -> Bool {
        !["check", "listProducts", "enroll", "renew", "findByReference", "inventory"].contains(name)
    }

    private static let enrollment: [OutcomeKind] = [.issued, .pending, .rejected, .then]

    /// The operations with a meaning of their own, and what their answers may amount to.
    static let known: [(name: String, outcomes: [OutcomeKind])] = [
        ("check", [.account]), ("listProducts", [.products]), ("enroll", enrollment), ("poll", enrollment),
        ("renew", enrollment), ("findByReference", [.candidates, .undecidable]), ("validationState", [.addresses]),
        ("resendValidation", [.done]), ("cancel", [.done]), ("revoke", [.revoked, .pending]), ("inventory", [.page]),
    ]

    /// What the answers of an operation may amount to; one of another name is a follow-up of an enrollment.
    static func outcomes(of name: String) -> [OutcomeKind] {
        known.first { $0.name == name }?.outcomes ?? enrollment
    }
}
