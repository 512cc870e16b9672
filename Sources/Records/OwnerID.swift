// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Whose something is. Names go from one to another, those of tokens with the next that is made: what belongs to somebody belongs to an id.
public enum OwnerID: Sendable, Hashable {
    /// By the object id in the tenant.
    case person(String)
    /// By the number of the token: it is taken once.
    case token(Int64)

    /// As the database has it; no object id of a tenant has a blank.
    public var text: String {
        switch self {
        case .person(let id): id
        case .token(let id): "token \(id)"
        }
    }

    /// - Parameter text: as the database has it.
    public init(text: String) {
        if let number = text.wholeMatch(of: /token ([0-9]{1,19})/).flatMap({ Int64($0.1) }) {
            self = .token(number)
        } else {
            self = .person(text)
        }
    }
}
