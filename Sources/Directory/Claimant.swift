// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Store

/// An object of the tenant that can have mail addresses, whether or not it is in an enrollment group.
public struct Claimant: Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable, SQLRepresentable {
        case user, group, contact
    }

    /// Object id, lower case.
    public let id: String
    public let kind: Kind
    /// What an administrator knows it by: user principal name or display name.
    public let name: String

    public init(id: String, kind: Kind, name: String) {
        self.id = id
        self.kind = kind
        self.name = name
    }

    /// nil for an entry that names no object, or tells nothing of it but that it was removed.
    init?(_ item: JSONValue, kind: Kind) {
        guard let id = item["id"]?.string?.lowercased(), item["@removed"]?.isNull ?? true else { return nil }
        let name = item[kind == .user ? "userPrincipalName" : "displayName"]?.string
        self.init(id: id, kind: kind, name: name ?? "")
    }

    public var description: String { "\(kind.rawValue) \(name.isEmpty ? id : SafeText.sentence(name))" }
}
