// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Ledger
import PKIX
import Settings

/// The new orders of a plan, each by a mark that changes with everything somebody would consent to: the person, the names, the
/// CA, the product and the terms.
public struct PlannedOrders: Sendable, Equatable {
    public var marks: Set<String>

    public init(marks: Set<String> = []) { self.marks = marks }

    init(json: JSONValue?) { marks = Set((json?.array ?? []).compactMap(\.string)) }

    var json: JSONValue { JSONValue(marks.sorted()) }

    func contains(_ order: NewOrder) -> Bool { marks.contains(Self.mark(order)) }

    static func mark(_ order: NewOrder) -> String {
        let content: JSONValue = [
            .string(order.template), .string(order.backendCA), .string(order.product), .string(order.subscriberID),
            .string(order.userPrincipalName), order.names, order.request,
        ]
        return Data(DigestAlgorithm.sha256.digest(Array(content.text.utf8)).prefix(15)).base64EncodedString()
    }
}

extension EnrollmentPlanner {
    /// What the last plan of these templates would order.
    public func plannedOrders(of templates: [TemplateConfiguration]) async throws -> PlannedOrders {
        var planned = PlannedOrders()
        for template in templates {
            try await forEachPage(of: template) { page in
                planned.marks.formUnion(page.map { PlannedOrders.mark(Self.order($0, template)) })
                return true
            }
        }
        return planned
    }
}
