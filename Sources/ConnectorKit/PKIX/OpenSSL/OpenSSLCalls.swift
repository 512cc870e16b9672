// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
internal import Secrets

// The few shapes OpenSSL calls have, so that every call site checks its result and no error is left in the queue.

/// The pointer a call returned, or an error.
func require<Pointer>(
    _ pointer: Pointer?, _ code: PKIXError.Code = .library, _ message: @autoclosure () -> String = "openssl call failed"
) throws -> Pointer {
    guard let pointer else { throw PKIXError.fromQueue(code, message()) }
    return pointer
}

/// Checks a call that returns 1, or a positive number, on success.
func require(
    _ result: Int32, _ code: PKIXError.Code = .library, _ message: @autoclosure () -> String = "openssl call failed"
) throws {
    guard result > 0 else { throw PKIXError.fromQueue(code, message()) }
}

/// DER from an `i2d_…` function, which allocates the buffer.
func encodeDER(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) throws -> [UInt8] {
    var buffer: UnsafeMutablePointer<UInt8>?
    let count = encode(&buffer)
    defer { CRYPTO_free(buffer, nil, 0) }
    guard count >= 0, let buffer else { throw PKIXError.fromQueue(.library, "cannot encode as DER") }
    return Array(UnsafeBufferPointer(start: buffer, count: Int(count)))
}

/// DER of something secret from an `i2d_…` function; OpenSSL's buffer is erased.
func encodeSecretDER(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) throws -> Secret {
    try erasingStack {
        let count = Int(encode(nil))
        guard count > 0 else { throw PKIXError.fromQueue(.library, "cannot encode as DER") }
        return try Secret(capacity: count) { room in
            var next = room.bindMemory(to: UInt8.self).baseAddress
            guard Int(encode(&next)) == count else { throw PKIXError.fromQueue(.library, "cannot encode as DER") }
            return count
        }
    }
}

/// The object a `d2i_…` function reads from DER; anything else is refused, because two readers could see two objects.
func decodeDER<Pointer>(
    _ der: [UInt8], as name: String, _ decode: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> Pointer?,
    free: (Pointer) -> Void
) throws -> Pointer {
    let object = try decodeBER(der, as: name, decode, free: free)
    do {
        try der.withUnsafeBytes { try DEREncoding.require($0, as: name) }
        return object
    } catch {
        free(object)
        throw error
    }
}

/// The same for CMS messages and what CMC puts into them, which may be BER (RFC 5652 §1); bytes after it are refused.
func decodeBER<Pointer>(
    _ der: [UInt8], as name: String, _ decode: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> Pointer?,
    free: (Pointer) -> Void
) throws -> Pointer {
    try der.withUnsafeBufferPointer { bytes in
        var next = bytes.baseAddress
        let object = try require(decode(&next, bytes.count), .malformed, "not a DER \(name)")
        guard let base = bytes.baseAddress, next == base + bytes.count else {
            free(object)
            throw PKIXError(.malformed, "bytes after the end of the \(name)")
        }
        return object
    }
}

/// Runs `body` with a memory BIO over `bytes`, which it does not copy.
func withReadBIO<Result>(_ bytes: UnsafeRawBufferPointer, _ body: (OpaquePointer) throws -> Result) throws -> Result {
    let bio = try require(BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)))
    defer { BIO_free(bio) }
    return try body(bio)
}

/// What `body` writes to a memory BIO whose buffer is erased when freed.
func collectSecret(_ body: (OpaquePointer) throws -> Void) throws -> Secret {
    try erasingStack { try withWriteBIO(body) { Secret($0) } }
}

/// What `body` writes to a memory BIO.
func collect(_ body: (OpaquePointer) throws -> Void) throws -> [UInt8] { try withWriteBIO(body) { Array($0) } }

private func withWriteBIO<Result>(
    _ body: (OpaquePointer) throws -> Void, _ take: (UnsafeBufferPointer<UInt8>) -> Result
) throws -> Result {
    // The "secure" kind erases its buffer on growth and on freeing even where no secure heap is set up.
    let bio = try require(BIO_new(BIO_s_secmem()))
    defer { BIO_free(bio) }
    try body(bio)
    var start: UnsafeMutablePointer<UInt8>?
    let count = BIO_ctrl(bio, BIO_CTRL_INFO, 0, &start)
    return take(UnsafeBufferPointer(start: start, count: max(count, 0)))
}

/// The elements of a `STACK_OF(…)`; the stack keeps them.
func elements(_ stack: OpaquePointer?) -> [UnsafeMutableRawPointer] {
    guard let stack else { return [] }
    return (0..<OPENSSL_sk_num(stack)).compactMap { OPENSSL_sk_value(stack, $0) }
}

/// The text of an ASN.1 string type as UTF-8.
func text(_ string: UnsafePointer<ASN1_STRING>?) -> String? {
    guard let string else { return nil }
    var buffer: UnsafeMutablePointer<UInt8>?
    let count = ASN1_STRING_to_UTF8(&buffer, string)
    defer { CRYPTO_free(buffer, nil, 0) }
    guard count >= 0, let buffer else {
        ERR_clear_error()
        return nil
    }
    return String(decoding: UnsafeBufferPointer(start: buffer, count: Int(count)), as: UTF8.self)
}

/// The octets of an ASN.1 string type.
func octets(_ string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
    guard let string else { return [] }
    return Array(UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
}

/// Sets the octets of an ASN.1 string type.
func setOctets(_ string: UnsafeMutablePointer<ASN1_STRING>, _ bytes: some Collection<UInt8>) throws {
    let bytes = Array(bytes)
    try require(ASN1_STRING_set(string, bytes, Int32(bytes.count)))
}

/// Dotted form of an object identifier.
func dotted(_ object: OpaquePointer?) -> String {
    var text = [CChar](repeating: 0, count: 128)
    let count = OBJ_obj2txt(&text, Int32(text.count), object, 1)
    return String(decoding: text.prefix(Int(max(count, 0))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// An object identifier from its dotted form; the caller frees it.
func makeObject(_ dotted: String) throws -> OpaquePointer {
    try require(OBJ_txt2obj(dotted, 1), .malformed, "\(dotted) is not an object identifier")
}

/// Runs what works with private numbers or passwords, and overwrites what it leaves on the stack and in registers: threads live long.
@inline(never)
func erasingStack<Result>(_ body: () throws -> Result) rethrows -> Result {
    defer { certway_erase_stack() }
    return try body()
}
