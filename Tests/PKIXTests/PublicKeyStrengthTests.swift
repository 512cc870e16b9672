// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX
import TestSupport
import Testing

/// For which keys nothing may be encrypted, whoever gives them: a key recovery agent, or Intune's connector.
@Suite(.timeLimit(.minutes(5))) struct PublicKeyStrengthTests {
    private func key(curve: String, _ more: [String] = []) async throws -> PublicKey {
        let made = try await Tool.run(
            ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(curve)"] + more)
        return try await PublicKey(pem: Tool.openssl("pkey", "-pubout", input: Array(made.utf8)))
    }

    @Test(arguments: [
        "secp112r1", "secp112r2", "secp128r1", "secp160r1", "sect113r1", "prime192v1", "secp224r1", "brainpoolP160r1",
        "brainpoolP224r1", "secp256k1", "sect283k1", "wap-wsg-idm-ecid-wtls8",
    ])
    func weakAndUnusualCurvesAreNamed(_ curve: String) async throws {
        let problem = try await key(curve: curve).unfitnessForEncryption
        #expect(problem?.contains(curve) == true && problem?.contains("expected P-256") == true, "\(problem ?? "fit")")
    }

    @Test(arguments: ["P-256", "P-384", "P-521", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"])
    func strongCurvesAreFit(_ curve: String) async throws {
        #expect(try await key(curve: curve).unfitnessForEncryption == nil)
    }

    /// Parameters that a certificate brings along may be anything (RFC 5480 §2.1.1).
    @Test func aCurveOfOnesOwnIsNotTaken() async throws {
        let problem = try await key(curve: "P-256", ["-pkeyopt", "ec_param_enc:explicit"]).unfitnessForEncryption
        #expect(problem?.contains("brings its own curve") == true, "\(problem ?? "fit")")
    }

    @Test(arguments: [
        ([1], false), ([2], false), ([3], false), ([17], false), ([0xFF, 0xFF], false), ([1, 0, 0], false),
        ([1, 0, 1], true),
        ([1, 0, 2], false), ([1, 0, 3], true), ([0x40, 0, 0, 0, 0, 0, 0, 1], true),
        ([0x40, 0, 0, 0, 0, 0, 0, 0, 1], false),
    ])
    func exponentsAreOddAndNeitherSmallNorHuge(_ exponent: [UInt8], isFit: Bool) throws {
        var modulus = SecureRandom.bytes(256)
        modulus[0] |= 0x80
        modulus[255] |= 1
        let problem = try RSAParts(modulus: modulus, exponent: exponent).publicKey.unfitnessForEncryption
        #expect((problem == nil) == isFit, "\(problem ?? "fit")")
        #expect(isFit || problem?.contains("exponent") == true)
        // The same for the key of Intune's connector.
        let isTaken =
            (try? RSAPublicBlob.publicKey(RSAParts(modulus: modulus, exponent: exponent).publicKey.der)) != nil
        #expect(isTaken == isFit)
    }

    @Test func moduliAreOddAndLongEnough() throws {
        var modulus = SecureRandom.bytes(256)
        modulus[0] |= 0x80
        modulus[255] &= 0xFE
        let even = try RSAParts(modulus: modulus, exponent: [1, 0, 1]).publicKey
        #expect(even.unfitnessForEncryption?.contains("even") == true)
        modulus[255] |= 1
        modulus[0] = 0x7F
        let short = try RSAParts(modulus: modulus, exponent: [1, 0, 1]).publicKey
        #expect(short.unfitnessForEncryption?.contains("2047 bits") == true)
    }

    @Test func otherAlgorithmsAreNotEncryptedFor() async throws {
        for algorithm in ["ED25519", "X25519", "ED448"] {
            let made = try await Tool.openssl("genpkey", "-algorithm", algorithm)
            let key = try await PublicKey(pem: Tool.openssl("pkey", "-pubout", input: Array(made.utf8)))
            #expect(key.unfitnessForEncryption?.contains("expected an RSA or EC key") == true)
        }
    }
}
