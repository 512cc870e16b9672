// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Secrets

/// Bytes from OpenSSL's random generator, which seeds itself from the kernel.
public enum SecureRandom {
    /// - Parameter count: number of bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        fill(&bytes)
        return bytes
    }

    /// A password of `[A-Za-z0-9]` and `-_.~!`, each character drawn evenly (wire/intune-pfx §5).
    ///
    /// - Parameter length: number of characters; 24 give about 146 bits.
    public static func password(length: Int = 24) -> Secret {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~!".utf8)
        // Bytes past the last full turn of the alphabet would favour its first characters.
        let limit = 256 / alphabet.count * alphabet.count
        return Secret(capacity: length) { characters in
            var pool = [UInt8](repeating: 0, count: 64)
            defer { pool.erase() }
            var count = 0
            while count < length {
                fill(&pool)
                for byte in pool where Int(byte) < limit && count < length {
                    characters[count] = alphabet[Int(byte) % alphabet.count]
                    count += 1
                }
            }
            return count
        }
    }

    /// - Parameter count: number of bytes.
    public static func secret(_ count: Int) -> Secret {
        Secret(capacity: count) { bytes in
            precondition(RAND_bytes(bytes.bindMemory(to: UInt8.self).baseAddress, Int32(count)) == 1, noRandomness)
            return count
        }
    }

    private static let noRandomness = "the system gives no random bytes"

    private static func fill(_ bytes: inout [UInt8]) {
        // Without randomness no key may be made and no work can go on, as with SystemRandomNumberGenerator.
        precondition(RAND_bytes(&bytes, Int32(bytes.count)) == 1, noRandomness)
    }
}

extension [UInt8] {
    /// Overwrites the bytes so that the compiler cannot leave it out.
    mutating func erase() { withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
}
