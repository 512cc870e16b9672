// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger

extension EnrollmentContext {
    /// Why an order is not the one that the CA tells of: two orders with one id would be polled, cancelled and ended as one, and what is
    /// meant for one would be written into the other. Reads an index.
    ///
    /// - Parameter amongEnded: whether an order that has ended counts, too.
    /// - Returns: the answer is not known, and a search decides; nil where nobody else has that id.
    func replay(_ told: CAOrder, for order: Order, amongEnded: Bool) async throws -> ConnectorError? {
        let id = told.caRequestID
        guard id != order.caRequestID,
            let other = try await ledger.openOrder(
                withCARequestID: id, backendCA: order.backendCA, besides: order.id, amongEnded: amongEnded)
        else { return nil }
        return ConnectorError(.outcomeUnknown, "the CA answered with \(id), which is order \(other) here")
    }
}
