// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import HandOver

extension Gateway {
    /// Seconds for which working copies of keys are kept after delivery.
    var keepingOfKeys: TimeInterval { (configuration.handOver?.keepKeyFor ?? .seconds(0)) / .seconds(1) }

    /// What may be fetched once, sealed with this gateway's key.
    public var packages: OneTimePackages {
        OneTimePackages(database: database, clock: ledger.clock) { try sealingKey() }
    }
}
