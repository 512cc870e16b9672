// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// One piece of configuration in the database: a backend CA, a template.
public struct Document: Sendable, Hashable {
    public let kind: String
    public let name: String
    /// The revision of the whole configuration that brought this content.
    public let revision: Int64
    public let body: JSONValue
    public let updatedAt: Date
}
