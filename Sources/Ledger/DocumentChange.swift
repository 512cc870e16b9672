// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// One change of configuration; several are applied together.
public enum DocumentChange: Sendable {
    case put(kind: String, name: String, body: JSONValue)
    case delete(kind: String, name: String)
    /// Changes nothing, and refuses all of it where the document says something else; nil for one that is not there.
    case expect(kind: String, name: String, body: JSONValue?)

    var place: (kind: String, name: String) {
        switch self {
        case .put(let kind, let name, _), .delete(let kind, let name), .expect(let kind, let name, _): (kind, name)
        }
    }

    /// As it is afterwards; nil when it is gone.
    var body: JSONValue? {
        switch self {
        case .put(_, _, let body): body
        case .expect(_, _, let body): body
        case .delete: nil
        }
    }

    /// What the audit trail calls the document.
    var id: String { "\(place.kind)/\(place.name)" }
}
