// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger

/// Which held orders are meant.
public struct HeldOrders: Sendable, Hashable {
    public var backendCA: String?
    public var template: String?

    public init(backendCA: String? = nil, template: String? = nil) {
        self.backendCA = backendCA
        self.template = template
    }
}
