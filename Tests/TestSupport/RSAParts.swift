// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// An RSA public key of any two numbers, such as nobody would make (RFC 8017 A.1.1).
public struct RSAParts {
    private let modulus: [UInt8]
    private let exponent: [UInt8]

    /// - Parameters: both big-endian, without leading zeros.
    public init(modulus: [UInt8], exponent: [UInt8]) {
        self.modulus = modulus
        self.exponent = exponent
    }

    public var publicKey: PublicKey {
        get throws {
            let algorithm = Self.value(0x30, [0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1, 0x05, 0])
            let key = Self.value(0x30, Self.integer(modulus) + Self.integer(exponent))
            return try PublicKey(der: Self.value(0x30, algorithm + Self.value(0x03, [0] + key)))
        }
    }

    private static func integer(_ bytes: [UInt8]) -> [UInt8] {
        value(0x02, (bytes.first ?? 0) >= 0x80 ? [0] + bytes : bytes)
    }

    private static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 0x80
            ? [UInt8(count)] : count < 0x100 ? [0x81, UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
        return [tag] + length + content
    }
}
