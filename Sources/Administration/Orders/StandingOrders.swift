// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger

/// Which of the orders that do not move on are meant.
public struct StandingOrders: Sendable, Hashable {
    public enum State: Sendable {
        /// For a person.
        case held
        /// Until the next try, by themselves.
        case delayed
    }

    public var state: State
    public var backendCA: String?
    public var template: String?

    public init(_ state: State, backendCA: String? = nil, template: String? = nil) {
        self.state = state
        self.backendCA = backendCA
        self.template = template
    }
}
