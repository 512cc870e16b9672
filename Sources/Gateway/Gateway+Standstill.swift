// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Enrollment
import Foundation
import Ledger
import Settings

extension Gateway {
    /// Orders that a CA has had for longer than `expectedWithin` and that nobody there decides on, one sentence for each CA
    /// and party, with the next step. Costs a query for each backend CA with open orders.
    ///
    /// - Throws: `StoreError`.
    func overdueOrders(at now: Date) async throws -> [String] {
        var sentences: [String] = []
        for name in try await ledger.backendCAs().sorted() {
            let expected = configuration.backendCA(name)?.expectedWithin ?? BackendCAConfiguration.usually
            let date = now.addingTimeInterval(-Double(expected.components.seconds))
            for orders in try await ledger.overdue(since: date, backendCA: name) {
                let which = orders.count == 1 ? "order \(orders.example)" : "\(Plural(orders.count, "order"))"
                sentences.append(
                    "\(which) at \(name): waiting for \(orders.waitingFor ?? "the CA") for more than "
                        + "\(Self.text(expected)); look there at order \(orders.example), then approve or cancel what "
                        + "'certway order list --stage pending --backend-ca \(name)' shows (expectedWithin says how long is usual)"
                )
            }
        }
        return sentences
    }

    private static func text(_ duration: Duration) -> Plural {
        let seconds = Int(duration.components.seconds)
        for (unit, length) in [("day", 86_400), ("hour", 3600), ("minute", 60)] where seconds >= length {
            return Plural(seconds / length, unit)
        }
        return Plural(seconds, "second")
    }
}
