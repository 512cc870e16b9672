// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// One change of configuration; several are applied together.
public enum DocumentChange: Sendable {
    case put(kind: String, name: String, body: JSONValue)
    case delete(kind: String, name: String)
    /// Changes nothing, and refuses all of it where the document says something else; nil for one that is not there.
    case expect(kind: String, name: String, body: JSONValue?)
}
