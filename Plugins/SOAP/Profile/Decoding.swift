// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// One step from the text of an element to what was meant.
enum Decoding: String, CaseIterable, Sendable {
    /// Text to bytes; white space inside does not count.
    case base64, hex
    /// PEM text to the DER inside.
    case pem
    /// DER of one certificate to PEM, as `issued` takes it.
    case certificate
    /// DER of a PKCS #7 file to the PEM of its certificates.
    case pkcs7

    /// - Throws: when the bytes are not of the kind.
    func apply(_ bytes: [UInt8]) throws -> [UInt8] {
        switch self {
        case .base64:
            guard let data = Data(base64Encoded: Data(Self.compact(bytes))) else { throw Failure(step: self) }
            return Array(data)
        case .hex:
            let digits = Self.compact(bytes).map { Character(Unicode.Scalar($0)).hexDigitValue }
            guard digits.count.isMultiple(of: 2) else { throw Failure(step: self) }
            return try stride(from: 0, to: digits.count, by: 2).map { index in
                guard let high = digits[index], let low = digits[index + 1] else { throw Failure(step: self) }
                return UInt8(high << 4 | low)
            }
        case .pem:
            guard let block = try PEM.blocks(bytes).first else { throw Failure(step: self) }
            return block.der
        case .certificate: return Array(try Certificate(der: bytes).pem.utf8)
        case .pkcs7:
            let certificates = try Certificate.all(pkcs7: bytes)
            guard !certificates.isEmpty else { throw Failure(step: self) }
            return Array(certificates.map(\.pem).joined().utf8)
        }
    }

    private static func compact(_ bytes: [UInt8]) -> [UInt8] {
        bytes.filter { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D && $0 != 0x0A }
    }

    struct Failure: Error, CustomStringConvertible {
        let step: Decoding
        var description: String { "not \(step.rawValue)" }
    }
}
