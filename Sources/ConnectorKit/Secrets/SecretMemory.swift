// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
internal import Glibc

/// Where the bytes of secrets lie: in OpenSSL's secure heap, which is locked as far as the system allows, is left out of core
/// images, lies between pages that nobody may touch, and erases what is given back. OpenSSL keeps private numbers there, too;
/// that the numbers it works out from them, such as the primes it keeps for quick signatures, lie there as well, is seen to here,
/// and so are the small pieces that libcurl works with.
public enum SecretMemory {
    /// Pages that nobody has used take none.
    private static let size = 64 << 20
    private static let smallestBlock = 32
    private static let largestPiece = 8 << 10

    private static let isPrepared: Bool = {
        // Refused once OpenSSL has allocated anything.
        _ = CRYPTO_set_mem_functions(
            { count, file, _ in SecretMemory.isNumber(file) ? SecretMemory.block(count) : malloc(count) },
            { memory, count, _, _ in memory == nil ? malloc(count) : SecretMemory.resize(memory, count) },
            { memory, _, _ in SecretMemory.free(memory) }
        )
        return CRYPTO_secure_malloc_init(size, smallestBlock) != 0
    }()

    /// To be called before OpenSSL is used: what was made before stays in the ordinary heap.
    ///
    /// - Returns: false where the system gives no such memory; everything works as before then.
    @discardableResult
    public static func prepare() -> Bool { isPrepared }

    /// Memory of zeros.
    static func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
        let count = max(count, 1)
        if let block = secureBlock(count) {
            memset(block, 0, count)
            return UnsafeMutableRawBufferPointer(start: block, count: count)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        return buffer
    }

    /// Erases and gives back.
    static func free(_ buffer: UnsafeMutableRawBufferPointer) {
        OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        if CRYPTO_secure_allocated(buffer.baseAddress) == 1 { return CRYPTO_secure_free(buffer.baseAddress, nil, 0) }
        buffer.deallocate()
    }

    /// - Returns: nil where there is no secure heap, or no room in it.
    private static func secureBlock(_ count: Int) -> UnsafeMutableRawPointer? {
        guard CRYPTO_secure_malloc_initialized() == 1 else { return nil }
        return CRYPTO_secure_malloc(count, nil, 0)
    }

    // What C libraries allocate with; `resize` and `free` take what `malloc` gave, too.

    /// Memory for what may hold a password among other things: texts, header lines, short bodies.
    public static func piece(_ count: Int) -> UnsafeMutableRawPointer? {
        count <= largestPiece ? block(count) : malloc(count)
    }

    /// A copy of a text that may be a password.
    public static func copy(of text: UnsafePointer<CChar>?) -> UnsafeMutablePointer<CChar>? {
        guard let text else { return nil }
        let count = strlen(text) + 1
        guard let copy = piece(count) else { return nil }
        copy.copyMemory(from: text, byteCount: count)
        return copy.assumingMemoryBound(to: CChar.self)
    }

    public static func resize(_ memory: UnsafeMutableRawPointer?, _ count: Int) -> UnsafeMutableRawPointer? {
        guard let memory else { return piece(count) }
        guard CRYPTO_secure_allocated(memory) == 1 else { return realloc(memory, count) }
        let moved = count == 0 ? nil : piece(count)
        moved?.copyMemory(from: memory, byteCount: min(count, CRYPTO_secure_actual_size(memory)))
        if count == 0 || moved != nil { CRYPTO_secure_free(memory, nil, 0) }
        return moved
    }

    public static func free(_ memory: UnsafeMutableRawPointer?) {
        if CRYPTO_secure_allocated(memory) == 1 { CRYPTO_secure_free(memory, nil, 0) } else { Glibc.free(memory) }
    }

    /// What is public as well is much, and leaves half of the room to private keys, which go nowhere else.
    private static func block(_ count: Int) -> UnsafeMutableRawPointer? {
        // Nothing may be asked of a heap that was not set up.
        guard CRYPTO_secure_malloc_initialized() == 1, CRYPTO_secure_used() < size / 2 else { return malloc(count) }
        return secureBlock(count) ?? malloc(count)
    }

    /// OpenSSL says where it allocates; this is where the digits of all its numbers are made.
    private static func isNumber(_ file: UnsafePointer<CChar>?) -> Bool {
        guard let file else { return false }
        return strstr(file, "bn_lib.c") != nil
    }
}
