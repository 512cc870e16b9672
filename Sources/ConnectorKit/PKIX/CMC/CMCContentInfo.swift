// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A message nested in a CMC message (RFC 5272 §3.2.1.3, TaggedContentInfo).
public struct CMCContentInfo: Sendable, Hashable {
    public var bodyPartID: UInt32
    /// ContentInfo, as it came.
    public var contentInfo: [UInt8]

    public init(bodyPartID: UInt32, contentInfo: [UInt8]) {
        self.bodyPartID = bodyPartID
        self.contentInfo = contentInfo
    }
}
