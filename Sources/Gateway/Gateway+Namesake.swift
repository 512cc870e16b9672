// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Settings

extension Gateway {
    /// Makes sure that nobody else goes by this node's name: a copied folder brings `node.id` along, and two of one name would give
    /// back each other's orders. One that has died without a word may be seen for a minute, and is watched for as long as one
    /// that lives needs to show itself.
    ///
    /// - Throws: `SettingsError` when another gateway has the name, `StoreError`, `CancellationError`.
    func requireOwnName() async throws {
        func seen() async throws -> GatewayNode? {
            try await ledger.nodes().first { $0.id == owner && $0.isAtWork }
        }
        guard !isAlone, let before = try await seen() else { return }
        logger.log(.notice, "looking whether the gateway that was here before has ended", fields: [])
        try await ledger.clock.sleep(for: NodePresence.interval + .seconds(2))
        guard let after = try await seen(), after.seenAt > before.seenAt else { return }
        throw SettingsError(
            "another gateway with the name of this one, \(owner), is at work on \(after.host): one folder is a copy of the other; delete "
                + "\(home.nodeFile) in the copy, and start it again", at: .state)
    }
}
