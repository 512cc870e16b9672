// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// Which orders to list; nil is any. Newest first.
public struct OrderFilter: Sendable {
    public var stages: Set<OrderStage>?
    public var template: String?
    public var backendCA: String?
    /// The beginning of a user principal name, of an address, or of a word in them; a reference, or its beginning; or a whole
    /// subscriber id or CA request id.
    public var text: String?
    public var held: Bool?
    /// Held ones of which nobody knows whether the CA has them, or all others.
    public var inDoubt: Bool?
    /// Open orders that wait for one of these; nil for all, and those that are not open.
    public var waitsFor: Set<OrderWait>?
    public var limit: Int
    public var offset: Int

    public init(
        stages: Set<OrderStage>? = nil, template: String? = nil, backendCA: String? = nil, text: String? = nil,
        held: Bool? = nil, waitsFor: Set<OrderWait>? = nil, limit: Int = 100, offset: Int = 0
    ) {
        self.waitsFor = waitsFor
        self.stages = stages
        self.template = template
        self.backendCA = backendCA
        self.text = text
        self.held = held
        self.limit = limit
        self.offset = offset
    }

    var conditions: SQLConditions { conditions(stopped: []) }

    /// - Parameter stopped: see `OrderWait.expression`; looked at only where `waitsFor` is set.
    func conditions(stopped: [String]) -> SQLConditions {
        var conditions = SQLConditions()
        if let waitsFor {
            conditions.add("stage", anyOf: OrderLedger.openStages)
            let expression = OrderWait.expression(stopped: stopped)
            conditions.add(
                "\(expression.text) IN (\((waitsFor.map { _ in "?" } + ["NULL"]).joined(separator: ", ")))",
                all: expression.parameters + waitsFor.map(\.sqlValue))
        }
        conditions.add("stage", anyOf: stages)
        conditions.add("template = ?", template)
        conditions.add("backend_ca = ?", backendCA)
        // Written out, for PostgreSQL: few are held, and of a value that it does not know it expects half of all.
        if let held { conditions.add("held = \(held ? 1 : 0)", all: []) }
        if let inDoubt {
            conditions.add(inDoubt ? "(held = 1 AND doubt IS NOT NULL)" : "(held = 0 OR doubt IS NULL)", all: [])
        }
        if let text, !text.isEmpty { conditions.add("id", in: OrderTable.found(by: text)) }
        return conditions
    }
}
