// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// What differs between the books of the sandbox CAs.
struct OrderPolicy: Sendable {
    enum References: Sendable {
        /// Any number of orders may carry the same reference.
        case free
        /// The same reference again is the same order.
        case sameOrder
        /// The same reference again is refused.
        case unique
    }

    var references = References.free
    /// Whether a key may be certified again.
    var allowsKeyReuse = true
    /// nil allows any mail domain.
    var mailDomains: Set<String>? = [PersonGenerator.domain, PersonGenerator.aliasDomain]
    /// Makes the handle of order number n whose certificate will have that serial number. CAs that count their orders
    /// count on from `first`, when the control API or hostile mode sets it.
    var makeID: @Sendable (_ number: Int, _ serialNumber: SerialNumber, _ first: Int?) -> String = { number, _, first in
        String((first ?? 1) + number - 1)
    }
}
