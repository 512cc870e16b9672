// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Ledger
import Planning

/// What Intune holds, for a comparison.
protocol ImportedPFXList: Sendable {
    /// Ids of all records.
    func ids() async throws -> [String]
    /// Whether the record of an order is there, asked for by its id.
    func holds(_ order: Order, _ thumbprint: String) async throws -> Bool
}

extension ImportedPFXList {
    func id(_ order: Order, _ thumbprint: String) -> String {
        UserPFXCertificate.id(userID: order.subscriberID, thumbprint: thumbprint)
    }

    /// Whether the order's certificate went there.
    func isDelivered(_ order: Order) -> Bool {
        guard let terms = try? OrderTerms(json: order.request) else { return false }
        // The key of a mailbox is with those who open it (`KeyHoldingPass`).
        return terms.delivery == .intune && !terms.isForMailbox
    }
}

extension IntunePFXUploader: ImportedPFXList {
    func ids() async throws -> [String] { try await certificates().map(\.id) }

    func holds(_ order: Order, _ thumbprint: String) async throws -> Bool {
        try await certificate(userID: order.subscriberID, thumbprint: thumbprint) != nil
    }
}
