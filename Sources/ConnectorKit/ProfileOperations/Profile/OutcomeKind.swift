// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions

/// What an answer of the CA can amount to: the key of an outcome rule beside `when`, with the members that say what to
/// read from the answer.
public enum OutcomeKind: String, CaseIterable, Sendable {
    case issued, pending, rejected, then, account, products, addresses, done, revoked, page, candidates, undecidable

    /// One member of an outcome.
    struct Member: Sendable {
        enum ValueType: Sendable { case program, duration, word([String]), operation }
        let key: String
        let type: ValueType
        let isRequired: Bool
        let help: String

        init(_ key: String, _ type: ValueType, isRequired: Bool = false, _ help: String) {
            self.key = key
            self.type = type
            self.isRequired = isRequired
            self.help = help
        }
    }

    /// What the outcome means, for the key reference.
    var help: String {
        switch self {
        case .issued: "The certificate is in the answer."
        case .pending: "The CA has the order and waits."
        case .rejected: "The CA said no for good, or the order has ended."
        case .then: "Another request is needed; its outcome counts."
        case .account: "Who we are at the CA."
        case .products: "What the account may order."
        case .addresses: "Which mail addresses are proven."
        case .done: "The CA has done it."
        case .revoked: "The certificate is revoked."
        case .page: "One page of the inventory."
        case .candidates: "Orders that may be the one searched for; each is polled."
        case .undecidable: "Whether the order exists cannot be told."
        }
    }

    var members: [Member] {
        switch self {
        case .issued:
            [Member("chain", .program, isRequired: true, "PEM text or list of PEM texts, in any order, PKCS #7 too.")]
                + Self.order
        case .pending:
            [
                Member(
                    "waitingFor", .word(PendingOrder.Party.allCases.map(\.rawValue)),
                    "Who has to act; certificateAuthority when left out."),
                Member("retryAfter", .duration, "When to ask again; left out: the gateway's own schedule."),
                Member("detail", .program, "One sentence for people."),
            ] + Self.order
        case .rejected:
            [
                Member("reason", .program, isRequired: true, "The CA's reason in one sentence."),
                Member(
                    "kind", .word(OrderRejection.Kind.allCases.map(\.rawValue)),
                    "What ended it; rejected when left out."),
            ] + Self.order
        case .then:
            [Member("operation", .operation, isRequired: true, "Name of the operation to go on with.")] + Self.order
        case .account:
            [
                Member("name", .program, isRequired: true, "Who we are, in one line."),
                Member("facts", .program, "Object of facts worth showing."),
                Member("warnings", .program, "List of what needs attention."),
                Member(
                    "issuers", .program,
                    "CA certificates above the next one it will issue, as PEM text or list of PEM texts: compared with acceptedRoots."
                ),
            ]
        case .products:
            [
                Member(
                    "list", .program, isRequired: true,
                    "List of objects with id, title and details, an object of texts.")
            ]
        case .addresses:
            [Member("list", .program, isRequired: true, "List of objects with address, isValidated and lastMailed.")]
        case .done, .revoked: []
        case .page:
            [
                Member(
                    "entries", .program, isRequired: true,
                    "List of objects with orderID, status, identifiers, product, commonName, serialNumber, validTill.")
            ] + Self.paging
        case .candidates:
            [
                Member(
                    "list", .program, isRequired: true, "List of order ids, or of objects with orderID and identifiers."
                ),
                Member(
                    "rows", .program,
                    "The ids of all rows of the answer, where `list` has not all of them: a row that comes twice shows that pages were "
                        + "mixed up on the way or the list has changed, and such a list proves no absence."),
                Member(
                    "about", .program,
                    "For each row of the answer whether it is about what was asked for, such as the address or the time: true, false, or "
                        + "null where it does not tell. Rows of which none is true are the answer to another question, mixed up on the "
                        + "way, and prove no absence; an answer without rows does. Left out: rows do not tell."),
            ]
                + Self.paging
        case .undecidable: [Member("reason", .program, isRequired: true, "Why it cannot be told.")]
        }
    }

    private static var order: [Member] {
        [
            Member(
                "orderID", .program,
                "The CA's id of the order, text or number; left out: as before. Of a known order it never changes."),
            Member("identifiers", .program, "Object of further ids, kept with the order as `.order.identifiers`."),
        ]
    }

    private static var paging: [Member] {
        [
            Member("next", .program, "What the next page's request sees as `.cursor`; null on the last page."),
            Member(
                "nextLink", .program,
                "Address of the next page as the CA gives it, on the same host; null on the last page."),
        ]
    }
}
