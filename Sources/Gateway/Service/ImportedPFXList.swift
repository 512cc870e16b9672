// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Ledger
import Planning

/// What Intune holds, for a comparison.
protocol ImportedPFXList: Sendable {
    /// Ids of all records.
    func ids() async throws -> [String]
    /// Whether the record of somebody's certificate is there, asked for by its id.
    func holds(userID: String, thumbprint: String) async throws -> Bool
}

extension ImportedPFXList {
    /// Whether the order's certificate went there.
    func isDelivered(_ order: Order) -> Bool {
        guard let terms = try? OrderTerms(json: order.request) else { return false }
        // The key of a mailbox is with those who open it (`KeyHoldingPass`).
        return terms.delivery == .intune && !terms.isForMailbox
    }
}

extension IntunePFXUploader: ImportedPFXList {
    func ids() async throws -> [String] { try await certificates().map(\.id) }

    func holds(userID: String, thumbprint: String) async throws -> Bool {
        try await certificate(userID: userID, thumbprint: thumbprint) != nil
    }
}
