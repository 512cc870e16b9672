// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One archived key as it lies there, with the certificate it was made for; for who goes through the whole archive.
public struct ArchiveEntry: Sendable, Hashable {
    public let orderID: Int64
    public let certificateID: Int64
    public let serialNumber: String
    /// User principal name of the certificate's owner.
    public let subscriber: String
    /// CMS (RFC 5652, RFC 5083), DER.
    public let cms: [UInt8]
    public let keys: AgentKeys
    /// DER.
    public let certificate: [UInt8]
}
