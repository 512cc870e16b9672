// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// transactionId (RFC 5272 §6.6): an integer of any size that all messages of one transaction carry.
public struct CMCTransactionID: Sendable, Hashable, CustomStringConvertible {
    /// Big-endian, without leading zero bytes; one zero byte for zero.
    public let magnitude: [UInt8]
    public let isNegative: Bool

    public init(_ magnitude: some Collection<UInt8>, isNegative: Bool = false) {
        self.magnitude = SerialNumber(magnitude).bytes
        self.isNegative = isNegative && self.magnitude != [0]
    }

    public init(_ number: UInt64) {
        self.init(withUnsafeBytes(of: number.bigEndian) { Array($0) })
    }

    /// The text that `description` gave.
    public init?(hex: String) {
        guard let number = SerialNumber(hex: hex.first == "-" ? String(hex.dropFirst()) : hex) else { return nil }
        self.init(number.bytes, isNegative: hex.first == "-")
    }

    /// Upper-case hex, two digits a byte, with a sign if negative.
    public var description: String { (isNegative ? "-" : "") + SerialNumber(magnitude).hex }
}
