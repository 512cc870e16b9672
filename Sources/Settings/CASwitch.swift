// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
import Ledger

/// That a template goes to another CA or product by a command: what was changed, so that there is a way back, and what becomes of the
/// certificates of the former one. Stored beside the template, and in one commit with it.
public struct CASwitch: Sendable, Hashable {
    /// When certificates of the former CA are replaced.
    public enum Pace: String, Sendable, CaseIterable {
        /// Each with its renewal.
        case renewal
        /// All of them, as far as the limits go; the new one before the old one.
        case now
    }

    public let template: String
    /// The members of the template that it changes, as they were before and as they are then; null for one that is not there.
    public let former: [String: JSONValue]
    public let next: [String: JSONValue]
    public let pace: Pace
    /// When it begins; nil for at once.
    public let from: Date?
    /// For how many days a certificate of the former CA goes on beside the new one before it is revoked; nil for what the template says.
    public let overlapDays: Int?
    /// Who has asked for it.
    public let actor: String
    public let askedAt: Date
    /// nil while it is to come.
    public var begunAt: Date?
    /// Why it does not begin although its day comes, until a person asks for it again; nil where nothing keeps it.
    public var keptBecause: String?

    /// - Parameters:
    ///   - former: the members as they are before, null for one that is not there.
    ///   - next: the same members as they are to be.
    public init(
        template: String, former: [String: JSONValue], next: [String: JSONValue], pace: Pace, from: Date? = nil,
        overlapDays: Int? = nil, actor: String, askedAt: Date, begunAt: Date? = nil
    ) {
        self.template = template
        self.former = former
        self.next = next
        self.pace = pace
        self.from = from
        self.overlapDays = overlapDays
        self.actor = actor
        self.askedAt = askedAt
        self.begunAt = begunAt
    }

    /// Kind of the documents that hold it, one for each template.
    static let kind = "caSwitches"
    /// The members of a template that say what is ordered where.
    public static let identity = ["backendCA", "product"]

    init(_ document: Document) {
        let body = document.body
        func date(_ key: String) -> Date? {
            body[key]?.string.flatMap { try? Date($0, strategy: .iso8601) }
        }
        self.init(
            template: document.name, former: body["former"]?.object ?? [:], next: body["next"]?.object ?? [:],
            pace: body["when"]?.string.flatMap(Pace.init(rawValue:)) ?? .renewal, from: date("from"),
            overlapDays: body["overlapDays"]?.int, actor: body["by"]?.string ?? "",
            askedAt: date("askedAt") ?? .distantPast, begunAt: date("begunAt"))
        keptBecause = body["keptBecause"]?.string
    }

    /// The form in which it is stored and shown.
    public var json: JSONValue {
        [
            "former": .object(former), "next": .object(next), "when": .string(pace.rawValue),
            "from": JSONValue(from?.ISO8601Format()), "overlapDays": overlapDays.map { JSONValue($0) } ?? .null,
            "by": .string(actor), "askedAt": .string(askedAt.ISO8601Format()),
            "begunAt": JSONValue(begunAt?.ISO8601Format()), "keptBecause": JSONValue(keptBecause),
        ]
    }

    public var formerCA: String { former["backendCA"]?.string ?? "" }
    public var nextCA: String { next["backendCA"]?.string ?? "" }
    public var formerProduct: String { former["product"]?.string ?? "" }
    public var nextProduct: String { next["product"]?.string ?? "" }

    /// The template with these members.
    public static func applying(_ members: [String: JSONValue], to document: JSONValue) -> JSONValue {
        var object = document.object ?? [:]
        for (key, value) in members {
            // A literal nil would be the value null.
            if value.isNull { object.removeValue(forKey: key) } else { object[key] = value }
        }
        return .object(object)
    }

    /// Whether a template says what is ordered where as one of the two sides does.
    public func names(_ side: KeyPath<CASwitch, [String: JSONValue]>, in document: JSONValue) -> Bool {
        Self.identity.allSatisfy { document[$0] ?? .null == self[keyPath: side][$0] ?? .null }
    }
}
