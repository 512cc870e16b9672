// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The orders that a list can be had in.
public struct ListSorting: Sendable, Hashable {
    public let keys: [String]
    /// The order when nobody asks for one.
    public let standard: ListSort

    public init(keys: [String], standard: ListSort) {
        self.keys = keys
        self.standard = standard
    }
}
