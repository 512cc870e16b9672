// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One CAA resource record (RFC 8659 §4).
public struct CAARecord: Sendable, Hashable {
    public let isCritical: Bool
    public let tag: String
    public let value: String

    public init(isCritical: Bool = false, tag: String, value: String) {
        self.isCritical = isCritical
        self.tag = tag
        self.value = value
    }

    /// Reads the data of a record: flags, length of the tag, tag, value.
    ///
    /// - Returns: nil for what is none.
    public init?(data: [UInt8]) {
        guard data.count >= 2, case let length = Int(data[1]), length > 0, data.count >= 2 + length else { return nil }
        let tag = data[2..<2 + length]
        // RFC 8659 §4.1: letters and digits.
        guard tag.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) }) else { return nil }
        isCritical = data[0] & 0x80 != 0
        self.tag = String(decoding: tag, as: UTF8.self)
        value = String(decoding: data[(2 + length)...], as: UTF8.self)
    }

    /// The issuer's domain before the parameters, in small letters; empty where nobody is meant.
    var issuer: String {
        let first = value.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        return first.filter { $0 != " " && $0 != "\t" }.lowercased()
    }
}
