// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

extension PublicKey {
    /// RSA moduli below are factored by whoever has the means (NIST SP 800-57 part 1, table 2).
    public static let smallestModulusBits = 2048

    /// Curves of 256 bits and more that certificates are issued for: FIPS 186-5 and RFC 5639.
    private static let curves: Set<Int32> = [
        NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1, NID_brainpoolP256r1, NID_brainpoolP384r1,
        NID_brainpoolP512r1,
    ]

    /// Why nothing may be encrypted for this key, as what was found and what was expected; nil when nothing speaks against it.
    ///
    /// An RSA exponent of 1 encrypts nothing, an even one cannot be undone, and beyond 64 bits OpenSSL refuses the key at its first
    /// use; smaller ones than 65537 are against FIPS 186-5 §5.1 and CA/Browser Forum S/MIME BR 6.1.6.
    public var unfitnessForEncryption: String? { unfitness(smallestExponent: 65537) }

    /// The same of checking signatures, where Edwards curves are fit as well (RFC 8410), and the exponent 3 of some old roots.
    public var unfitnessForSignatures: String? {
        [EVP_PKEY_ED25519, EVP_PKEY_ED448].contains(EVP_PKEY_get_base_id(pointer))
            ? nil : unfitness(smallestExponent: 3)
    }

    private func unfitness(smallestExponent: UInt64) -> String? {
        if isRSA {
            guard bits >= Self.smallestModulusBits else {
                return "the RSA key has \(bits) bits, at least \(Self.smallestModulusBits) are needed"
            }
            guard hasOddModulus else { return "the RSA modulus is even, expected a product of two large primes" }
            guard let exponent = rsaExponent else {
                return "the RSA exponent has more than 64 bits or cannot be read, expected 65537"
            }
            return exponent >= smallestExponent && exponent % 2 == 1
                ? factorableModulus
                : "the RSA exponent is \(exponent), expected an odd number from \(smallestExponent) on"
        }
        guard isEC else { return "expected an RSA or EC key, found \(algorithmName)" }
        guard !hasCurveOfItsOwn else {
            return "the key brings its own curve, expected one by its name (RFC 5480 §2.1.1)"
        }
        let curve = curveName
        return curve.map { Self.curves.contains(OBJ_txt2nid($0)) } == true
            ? nil
            : "the key is on the curve \(curve ?? "without a name"), expected P-256, P-384, P-521 or Brainpool from 256 bits on"
    }

    /// Whether an EC key brings the numbers of its curve in place of a name (RFC 5480 §2.1.1 forbids it).
    public var hasCurveOfItsOwn: Bool {
        var answer: Int32 = 0
        guard EVP_PKEY_get_int_param(pointer, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &answer) == 1 else {
            ERR_clear_error()
            return false
        }
        return answer == 1
    }

    /// OpenSSL's name of the curve, such as `prime256v1`; nil for a key that has none.
    public var curveName: String? {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard EVP_PKEY_get_group_name(pointer, &name, name.count, &count) == 1 else {
            ERR_clear_error()
            return nil
        }
        return String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The public exponent of an RSA key; nil when it does not fit, and for other keys.
    public var rsaExponent: UInt64? {
        withNumber(OSSL_PKEY_PARAM_RSA_E) { number in
            guard BN_num_bits(number) <= 64 else { return nil }
            var bytes = [UInt8](repeating: 0, count: 8)
            guard BN_bn2binpad(number, &bytes, 8) == 8 else { return nil }
            return bytes.reduce(0) { $0 << 8 | UInt64($1) }
        } ?? nil
    }

    private var hasOddModulus: Bool { withNumber(OSSL_PKEY_PARAM_RSA_N) { BN_is_odd($0) == 1 } ?? false }
}
