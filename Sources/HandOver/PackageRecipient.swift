// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Who may fetch a package.
public enum PackageRecipient: Sendable, Hashable {
    /// By the object id in the tenant: names change hands.
    case person(id: String)
    /// Whoever holds a token, by its number: names of tokens change hands, too.
    case token(id: Int64)
    /// Who has no account in the tenant and no token, at the command line.
    case named(String)

    /// As the database has it.
    var text: String {
        switch self {
        case .person(let id): "id \(id.lowercased())"
        case .token(let id): "token \(id)"
        case .named(let name): "name \(name)"
        }
    }

    init?(text: String) {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "id": self = .person(id: parts[1])
        case "token":
            guard let id = Int64(parts[1]) else { return nil }
            self = .token(id: id)
        case "name": self = .named(parts[1])
        default: return nil
        }
    }
}
