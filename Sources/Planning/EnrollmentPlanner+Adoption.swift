// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Ledger
public import Settings

extension EnrollmentPlanner {
    /// Whom the last plan orders a first certificate for, each with that order, page by page: who is covered by what others have
    /// issued is among them.
    ///
    /// - Throws: `StoreError`, and what `body` throws.
    public func forEachFirstOrder(
        of template: TemplateConfiguration, _ body: ([NewOrder]) async throws -> Void
    ) async throws {
        try await forEachPage(of: template, [.order]) { page in
            try await body(orders(page, template))
            return true
        }
    }

    /// Takes certificates as those in use, and their people as covered; a process that ends between the two leaves people whom the next
    /// plan finds covered by itself.
    ///
    /// - Returns: as `OrderLedger.adopt`.
    public func adopt(_ found: [AdoptedCertificate]) async throws -> [String: Order] {
        let made = try await ledger.adopt(found)
        for (template, orders) in Dictionary(grouping: made.values, by: \.template) {
            try await decisions.markCovered(template: template, subscribers: orders.map(\.subscriberID))
        }
        return made
    }
}
