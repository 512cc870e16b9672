// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// A private key encrypted to the key recovery agents.
public struct ArchivedKey: Sendable, Hashable {
    public let orderID: Int64
    public let certificateID: Int64
    /// CMS (RFC 5652, RFC 5083), DER.
    public let cms: [UInt8]
    /// Names of those who can open it.
    public let recipients: JSONValue
    public let keys: AgentKeys
    public let createdAt: Date
}
