// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// One change of configuration; several are applied together.
public enum DocumentChange: Sendable {
    case put(kind: String, name: String, body: JSONValue)
    case delete(kind: String, name: String)
}
