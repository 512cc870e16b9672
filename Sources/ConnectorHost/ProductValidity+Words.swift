// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

extension ProductValidity {
    /// For people.
    public var words: String {
        switch self {
        case .range(let range): "from \(range.lowerBound) to \(range.upperBound)"
        case .list(let list): list.map(String.init).joined(separator: ", ")
        }
    }
}
