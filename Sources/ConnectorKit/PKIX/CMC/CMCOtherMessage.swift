// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Something else in a CMC message (RFC 5272 §3.2.1.4, OtherMsg).
public struct CMCOtherMessage: Sendable, Hashable {
    public var bodyPartID: UInt32
    /// Dotted object identifier.
    public var type: String
    /// DER.
    public var value: [UInt8]

    public init(bodyPartID: UInt32, type: String, value: [UInt8]) {
        self.bodyPartID = bodyPartID
        self.type = type
        self.value = value
    }
}
