// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import HandOver

extension Gateway {
    /// What may be fetched once, sealed with this gateway's key.
    public var packages: OneTimePackages {
        OneTimePackages(database: database, clock: ledger.clock) { try sealingKey() }
    }
}
