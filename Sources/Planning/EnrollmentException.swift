// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import YAMLDocuments

/// What somebody has decided about one person and one template, beside the group: the planner goes by it as long as it is in force.
public struct EnrollmentException: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// No certificate is ordered, renewed or replaced; one that is in use stays until it ends.
        case leaveOut
        /// Looked after as a member of the group is, wherever the person is in the tenant, with terms of their own perhaps.
        case include
    }

    public let template: String
    /// Object id.
    public let subscriberID: String
    /// As the directory has it now; where it is read from the book and nobody there is known by the id, that of the day it was made.
    public var userPrincipalName: String
    public let kind: Kind
    /// From then on it is not in force; nil for as long as nobody ends it.
    public let until: Date?
    public let cause: String
    public let actor: String
    public let createdAt: Date
    /// Only for `include`.
    public let choice: OrderChoice

    public init(
        template: String, subscriberID: String, userPrincipalName: String, kind: Kind, until: Date?, cause: String,
        actor: String, createdAt: Date, choice: OrderChoice = OrderChoice()
    ) {
        self.template = template
        self.subscriberID = subscriberID.lowercased()
        self.userPrincipalName = userPrincipalName
        self.kind = kind
        self.until = until
        self.cause = cause
        self.actor = actor
        self.createdAt = createdAt
        self.choice = choice
    }

    public func isInForce(at date: Date) -> Bool { until.map { date < $0 } ?? true }

    /// One sentence, for whoever asks why.
    public var sentence: String {
        let what = kind == .leaveOut ? "left out" : "included by hand"
        let end = until.map { " until \(CalendarDay.text($0))" } ?? ""
        return "\(what)\(end) by \(actor): \(cause)"
    }

    public func json(at date: Date) -> JSONValue {
        [
            "template": .string(template), "id": .string(subscriberID), "userPrincipalName": .string(userPrincipalName),
            "kind": .string(kind.rawValue), "until": JSONValue(until?.ISO8601Format()), "because": .string(cause),
            "by": .string(actor), "createdAt": .string(createdAt.ISO8601Format()),
            "inForce": JSONValue(isInForce(at: date)), "terms": choice.isEmpty ? .null : choice.json,
        ]
    }
}

extension [EnrollmentException] {
    /// The one that somebody means who says a name.
    ///
    /// - Parameter person: object id of whom the directory knows by that name now; nil for nobody. A name goes to somebody else: it means
    ///   who has it now, and what has been on record under it only where nobody has.
    public func meant(by word: String, person: String?) -> EnrollmentException? {
        if let person { return first { $0.subscriberID == person.lowercased() } }
        let named = filter {
            $0.userPrincipalName.lowercased() == word.lowercased() || $0.subscriberID == word.lowercased()
        }
        return named.count == 1 ? named[0] : nil
    }
}
