// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit

/// The public keys of orders that a search has looked at. An issued certificate never changes its key, so that no search
/// looks at the same one twice.
actor CertifiedKeys {
    /// About 300 bytes each.
    private static let limit = 5000
    private var keys: [String: [UInt8]] = [:]

    func key(of order: CAOrder) -> [UInt8]? { keys[order.caRequestID] }

    func remember(_ key: [UInt8], of order: CAOrder) {
        if keys.count >= Self.limit { keys.removeAll() }
        keys[order.caRequestID] = key
    }
}
