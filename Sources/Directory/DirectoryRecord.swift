// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import MicrosoftGraph

/// A user object of Graph, cut to what is selected.
struct DirectoryRecord: Sendable {
    let id: String
    /// Only what the answer carried; in a delta answer a missing attribute is unchanged.
    let attributes: [String: JSONValue]
    /// Deleted in the tenant, for a while or for ever.
    let isRemoved: Bool

    /// - Throws: `GraphError` of kind `permission` when the user principal name is null: Graph hides attributes
    ///   silently from an application that may only read memberships.
    init?(_ item: JSONValue, selection: DirectorySelection) throws {
        guard let id = item["id"]?.string?.lowercased() else { return nil }
        self.id = id
        isRemoved = item["@removed"].map { !$0.isNull } ?? false
        attributes = isRemoved ? [:] : selection.read(item)
        if !isRemoved, attributes["userPrincipalName"]?.isNull ?? false { throw Self.hiddenAttributes(of: id) }
    }

    /// Whether the answer described the whole person, as a listing must.
    var isComplete: Bool { attributes["userPrincipalName"] != nil }

    static func hiddenAttributes(of id: String) -> GraphError {
        GraphError(
            .permission,
            "graph hides the attributes of user \(id): the application lacks the permission User.Read.All, grant "
                + "it in Entra ID with admin consent"
        )
    }
}
