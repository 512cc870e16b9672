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
        var characters: [UInt8] = []
        characters.reserveCapacity(length)
        var pool = [UInt8](repeating: 0, count: 64)
        defer {
            characters.erase()
            pool.erase()
        }
        while characters.count < length {
            fill(&pool)
            for byte in pool where Int(byte) < limit && characters.count < length {
                characters.append(alphabet[Int(byte) % alphabet.count])
            }
        }
        return Secret(characters)
    }

    private static func fill(_ bytes: inout [UInt8]) {
        // Without randomness no key may be made and no work can go on, as with SystemRandomNumberGenerator.
        precondition(RAND_bytes(&bytes, Int32(bytes.count)) == 1, "the system gives no random bytes")
    }
}

extension [UInt8] {
    /// Overwrites the bytes so that the compiler cannot leave it out.
    mutating func erase() { withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
}
