// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments

/// Something that waits for a person.
public struct Need: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case heldOrders, failingOrders, overduePlan, unansweredMail, overdueOrders, backendCA, revocations, incident
        case gateway, notice, notification, setUp, drift, publication, delivery
    }

    public let kind: Kind
    /// Whether something stands still by it.
    public let isUrgent: Bool
    /// What it is, in one sentence.
    public let text: String
    /// How many orders, people or certificates; nil where that says nothing.
    public let count: Int?
    /// Since when.
    public let since: Date?
    /// Where to look, below `/console`.
    public let path: String

    public var json: JSONValue {
        [
            "kind": .string(kind.rawValue), "urgent": .bool(isUrgent), "text": .string(text),
            "count": count.map { JSONValue($0) } ?? .null, "since": JSONValue(since?.ISO8601Format()),
            "path": .string(path),
        ]
    }

    init(
        _ kind: Kind, _ text: String, path: String, count: Int? = nil, since: Date? = nil, isUrgent: Bool = true
    ) {
        (self.kind, self.text, self.path) = (kind, text, path)
        (self.count, self.since, self.isUrgent) = (count, since, isUrgent)
    }
}
