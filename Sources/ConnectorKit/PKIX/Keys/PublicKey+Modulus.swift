// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// RSA moduli that anybody can factor, as poor generators have made them.
extension PublicKey {
    /// Why the modulus is one of those; nil when it is not, and for other keys. A few milliseconds.
    var factorableModulus: String? {
        withNumber(OSSL_PKEY_PARAM_RSA_N) { modulus -> String? in
            guard let context = BN_CTX_new() else { return nil }
            defer { BN_CTX_free(context) }
            if Self.hasSmallFactor(modulus) {
                return
                    "the RSA modulus has a factor below \(Self.smallestFactor), expected a product of two large primes"
            }
            if Self.hasCloseFactors(modulus, context) {
                return
                    "the RSA modulus is a product of primes that are close to each other, and factored by Fermat's method"
            }
            return nil
        } ?? nil
    }

    /// NIST SP 800-89 section 5.3.3; CA/Browser Forum Baseline Requirements section 6.1.6.
    private static let smallestFactor = 752
    /// CA/Browser Forum Baseline Requirements section 6.1.1.3.
    private static let rounds = 100

    private static func hasSmallFactor(_ modulus: OpaquePointer) -> Bool {
        // Whatever has a factor has a prime one.
        (2..<UInt(smallestFactor)).contains { BN_mod_word(modulus, $0) == 0 }
    }

    /// Whether a² - n is a square for one of the first a from the root of n on.
    private static func hasCloseFactors(_ modulus: OpaquePointer, _ context: OpaquePointer) -> Bool {
        BN_CTX_start(context)
        defer { BN_CTX_end(context) }
        guard let candidate = BN_CTX_get(context), let rest = BN_CTX_get(context), let root = BN_CTX_get(context),
            squareRoot(modulus, candidate, context)
        else { return false }
        for _ in 0...rounds {
            guard BN_sqr(rest, candidate, context) == 1, BN_sub(rest, rest, modulus) == 1 else { return false }
            if BN_is_negative(rest) == 0 {
                guard squareRoot(rest, root, context), BN_sqr(root, root, context) == 1 else { return false }
                if BN_cmp(root, rest) == 0 { return true }
            }
            guard BN_add_word(candidate, 1) == 1 else { return false }
        }
        return false
    }

    /// The largest whole number whose square is not larger, by Newton's method.
    private static func squareRoot(_ number: OpaquePointer, _ root: OpaquePointer, _ context: OpaquePointer) -> Bool {
        BN_CTX_start(context)
        defer { BN_CTX_end(context) }
        guard let next = BN_CTX_get(context), BN_set_word(root, 0) == 1 else { return false }
        if BN_is_zero(number) == 1 { return true }
        // Not below the root, from where it falls to it.
        guard BN_set_bit(root, (BN_num_bits(number) + 1) / 2) == 1 else { return false }
        while true {
            guard BN_div(next, nil, number, root, context) == 1, BN_add(next, next, root) == 1,
                BN_rshift1(next, next) == 1
            else { return false }
            if BN_cmp(next, root) >= 0 { return true }
            guard BN_copy(root, next) != nil else { return false }
        }
    }
}
