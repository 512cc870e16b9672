// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Refusals in SCM's form: mostly 400, the number says what is meant (wire/sectigo-scm.md section 3).
enum SectigoError {
    static func reply(_ code: Int, _ description: String, status: Int = 400) -> Reply {
        .json(["code": JSONValue(code), "description": .string(description)], status: status)
    }

    static func missing(_ name: String) -> Reply { reply(-7, "The field '\(name)' is required.") }

    static func invalid(_ name: String, _ message: String) -> Reply {
        reply(-1601, "Invalid value of '\(name)': \(message)")
    }

    static func unreadable(_ message: String) -> Reply { reply(-1002, "Request body could not be parsed: \(message)") }

    static let unknownOrder = reply(-1104, "Invalid order number.")

    static func unknown(_ what: String) -> Reply { reply(-166, "The \(what) is not found.", status: 404) }

    static let unknownPerson = reply(-105, "Person is not found.", status: 404)

    /// What the book refuses, in SCM's numbers.
    static func reply(_ refusal: ApplicationRefusal, isRSA: Bool = true) -> Reply {
        let code =
            switch refusal.kind {
            case .badSignature: -138
            case .keyNotAllowed:
                refusal.value?.hasPrefix("EC") == true ? -194 : refusal.value?.hasPrefix("RSA") == true ? -13 : -11
            case .keyReused: -78
            case .addressMissing: -7
            case .addressMalformed, .nameNotAllowed, .referenceUsed: -1601
            case .domainNotAllowed: -737
            case .validityNotAllowed: -36
            case .renewalRefused: -37
            }
        return reply(code, refusal.message)
    }

    /// What cannot be done with an order that somebody wants to revoke, renew or replace.
    static func reply(_ problem: OrderProblem, unknown: Reply = unknownOrder) -> Reply {
        switch problem {
        case .unknown: unknown
        case .status: reply(-102, "Only issued certificates can be revoked, renewed or replaced.")
        case .alreadyRevoked: reply(-159, "The certificate is already revoked.")
        case .refused: reply(-37, "You are not authorized to renew this certificate.")
        }
    }
}
