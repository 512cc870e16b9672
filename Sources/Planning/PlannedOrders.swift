// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
public import Ledger
import PKIX
import Settings

/// What a plan would buy and end, each by a mark that changes with everything somebody would consent to: the person, the names, the
/// CA, the product, the terms and the price; of an end the person, the certificate's order and what becomes of it.
public struct PlannedOrders: Sendable, Equatable {
    public var marks: Set<String>
    /// What each order costs, by its mark, where somebody has said; not kept with a consent.
    private(set) var prices: [String: Money] = [:]

    public init(marks: Set<String> = []) { self.marks = marks }

    public static func == (one: PlannedOrders, other: PlannedOrders) -> Bool { one.marks == other.marks }

    /// Those of them that somebody was shown.
    public func shown(in other: PlannedOrders) -> PlannedOrders {
        var both = self
        both.marks.formIntersection(other.marks)
        return both
    }

    /// What they cost together.
    public var cost: MoneySum {
        marks.reduce(into: MoneySum()) { $0.add(prices[$1]) }
    }

    mutating func insert(_ order: NewOrder) {
        let mark = Self.mark(order)
        marks.insert(mark)
        prices[mark] = order.price
    }

    init(json: JSONValue?) { marks = Set((json?.array ?? []).compactMap(\.string)) }

    var json: JSONValue { JSONValue(marks.sorted()) }

    func contains(_ order: NewOrder) -> Bool { marks.contains(Self.mark(order)) }

    func contains(_ ending: EnrollmentDecision) -> Bool { marks.contains(Self.mark(ending)) }

    /// Without the ends.
    public var onlyOrders: PlannedOrders { only { !$0.hasPrefix(Self.endingMark) } }
    /// Without the new orders.
    public var onlyEndings: PlannedOrders { only { $0.hasPrefix(Self.endingMark) } }

    private func only(_ isMeant: (String) -> Bool) -> PlannedOrders {
        var part = self
        part.marks = marks.filter(isMeant)
        return part
    }

    /// Changes with each of them.
    public var fingerprint: String { String(DigestAlgorithm.sha256.digest(Array(json.text.utf8)).hex.prefix(16)) }

    /// Those that are ends.
    var endingMarks: Set<String> { marks.filter { $0.hasPrefix(Self.endingMark) } }
    /// How many of them are ends.
    public var endings: Int { endingMarks.count }
    /// How many of them are new orders.
    public var orders: Int { marks.count - endings }

    private static let endingMark = "-"

    static func mark(_ ending: EnrollmentDecision) -> String {
        let content: JSONValue = [
            .string(ending.template), .string(ending.subscriberID), JSONValue(ending.action?.rawValue),
            ending.actsOn.map { JSONValue(String($0)) } ?? .null,
        ]
        return endingMark + digest(content)
    }

    static func mark(_ order: NewOrder) -> String {
        var content: [JSONValue] = [
            .string(order.template), .string(order.backendCA), .string(order.product), .string(order.subscriberID),
            .string(order.userPrincipalName), order.names, order.request,
        ]
        content += [order.price].compactMap(\.self).map { .string($0.text) }
        return digest(.array(content))
    }

    private static func digest(_ content: JSONValue) -> String {
        Data(DigestAlgorithm.sha256.digest(Array(content.text.utf8)).prefix(15)).base64EncodedString()
    }
}

extension EnrollmentPlanner {
    /// The templates that are planned for: those that are switched on, and of the others those that have certificates in force: who leaves
    /// loses them, whatever the template orders.
    public func planned(_ configuration: GatewayConfiguration) async throws -> [TemplateConfiguration] {
        var templates: [TemplateConfiguration] = []
        for template in configuration.templates {
            if template.enabled {
                templates.append(template)
            } else if try await ledger.isInUse(template: template.name) {
                templates.append(template)
            }
        }
        return templates
    }

    /// What the last plan of these templates would buy and end.
    public func plannedOrders(of templates: [TemplateConfiguration]) async throws -> PlannedOrders {
        var planned = PlannedOrders()
        for template in templates {
            try await forEachPage(of: template) { page in
                for order in try await orders(page, template) { planned.insert(order) }
                return true
            }
            try await forEachPage(of: template, PlannedAction.withdrawals) { page in
                planned.marks.formUnion(page.map(PlannedOrders.mark))
                return true
            }
        }
        return planned
    }
}
