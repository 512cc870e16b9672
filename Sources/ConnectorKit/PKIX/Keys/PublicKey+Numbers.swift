// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Keys by their numbers.
extension PublicKey {
    /// The same for each spelling of one key, as SubjectPublicKeyInfo: whoever has the private half of one has that of all. An EC point may be
    /// compressed (RFC 5480 section 2.2), and an RSA modulus that is factored serves every exponent. Of other keys `der`.
    public var identity: [UInt8] {
        if isRSA, rsaExponent != 65537, let modulus = number(OSSL_PKEY_PARAM_RSA_N) {
            return (try? Self.rsa(modulus: modulus, exponent: [1, 0, 1]).der) ?? der
        }
        if isEC, let curve = curveName, !hasCurveOfItsOwn {
            let size = (bits + 7) / 8
            guard let x = number(OSSL_PKEY_PARAM_EC_PUB_X, size: size),
                let y = number(OSSL_PKEY_PARAM_EC_PUB_Y, size: size)
            else { return der }
            return (try? Self.ec(curve, point: [4] + x + y).der) ?? der
        }
        return der
    }

    /// - Parameters: big-endian.
    /// - Throws: `PKIXError` for numbers that are no key.
    static func rsa(modulus: [UInt8], exponent: [UInt8]) throws -> PublicKey {
        // OSSL_PARAM takes integers in the machine's own order, which is little-endian on every Debian we run on.
        var modulus = Array(modulus.reversed())
        var exponent = Array(exponent.reversed())
        return try modulus.withUnsafeMutableBufferPointer { modulus in
            try exponent.withUnsafeMutableBufferPointer { exponent in
                try make(
                    "RSA",
                    [
                        OSSL_PARAM_construct_BN(parameterName("n"), modulus.baseAddress, modulus.count),
                        OSSL_PARAM_construct_BN(parameterName("e"), exponent.baseAddress, exponent.count),
                    ])
            }
        }
    }

    /// - Parameter point: uncompressed (SEC 1 section 2.3.3).
    private static func ec(_ curve: String, point: [UInt8]) throws -> PublicKey {
        var (curve, point) = (Array(curve.utf8CString), point)
        return try curve.withUnsafeMutableBufferPointer { curve in
            try point.withUnsafeMutableBufferPointer { point in
                try make(
                    "EC",
                    [
                        OSSL_PARAM_construct_utf8_string(parameterName("group"), curve.baseAddress, 0),
                        OSSL_PARAM_construct_octet_string(parameterName("pub"), point.baseAddress, point.count),
                    ])
            }
        }
    }

    private static func make(_ algorithm: String, _ parameters: [OSSL_PARAM]) throws -> PublicKey {
        let context = try require(EVP_PKEY_CTX_new_from_name(nil, algorithm, nil))
        defer { EVP_PKEY_CTX_free(context) }
        try require(EVP_PKEY_fromdata_init(context))
        var parameters = parameters + [OSSL_PARAM_construct_end()]
        var key: OpaquePointer?
        try require(
            EVP_PKEY_fromdata(context, &key, certway_public_key_selection(), &parameters), .malformed,
            "these numbers are no \(algorithm) public key")
        let made = try require(key)
        defer { EVP_PKEY_free(made) }
        return try PublicKey(der: encodeDER { i2d_PUBKEY(made, $0) })
    }

    /// A name that outlives the call, which a Swift String handed to C does not.
    private static func parameterName(_ name: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    /// - Parameter size: bytes to fill up to; nil for as many as it has.
    private func number(_ name: String, size: Int? = nil) -> [UInt8]? {
        withNumber(name) { number in
            let size = size ?? (Int(BN_num_bits(number)) + 7) / 8
            var bytes = [UInt8](repeating: 0, count: size)
            return BN_bn2binpad(number, &bytes, Int32(size)) == Int32(size) ? bytes : nil
        } ?? nil
    }

    func withNumber<Result>(_ name: String, _ body: (OpaquePointer) -> Result) -> Result? {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(pointer, name, &number) == 1, let number else {
            ERR_clear_error()
            return nil
        }
        defer { BN_free(number) }
        return body(number)
    }
}
