// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// What the archive has of one key, without the key.
public struct KeptKey: Sendable, Hashable {
    public let orderID: Int64
    public let serialNumber: String
    public let userPrincipalName: String
    public let template: String
    /// Who can open it.
    public let recipients: JSONValue
    public let archivedAt: Date
    /// How often it was handed out.
    public let recoveries: Int
}
