// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
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
    func exponentsAreOddAndNeitherSmallNorHuge(_ exponent: [UInt8], isFit: Bool) async throws {
        let modulus = try await modulus(of: Tool.openssl("genrsa", "2048"))
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

    private static func bytes(_ hex: Substring) throws -> [UInt8] {
        let digits = Array(hex.trimmingCharacters(in: .whitespacesAndNewlines))
        return try stride(from: 0, to: digits.count, by: 2).map {
            try #require(UInt8(String(digits[$0..<$0 + 2]), radix: 16))
        }
    }

    private func modulus(of pem: String) async throws -> [UInt8] {
        let text = try await Tool.openssl("rsa", "-noout", "-modulus", input: Array(pem.utf8))
        return try Self.bytes(text.split(separator: "=")[1])
    }

    /// The product of two primes of 1024 bits that Python makes: apart by as many bits as the argument says; below 64 Fermat finds them.
    private func product(apartBy bits: Int) async throws -> [UInt8] {
        let text = try await Tool.run([
            "python3", "-c",
            """
            import random, subprocess
            def next_prime(n):
                n |= 1
                while pow(3, n - 1, n) != 1 or subprocess.run(["openssl", "prime", str(n)], capture_output=True, text=True).stdout.find("is prime") < 0: n += 2
                return n
            p = next_prime(random.getrandbits(1024) | 3 << 1022)
            print("%x" % (p * next_prime(p + 2 + (1 << \(bits)))))
            """,
        ])
        return try Self.bytes(text[...])
    }

    /// As poor generators have made them (CA/Browser Forum Baseline Requirements section 6.1.1.3, NIST SP 800-89 section 5.3.3).
    @Test func moduliThatAnybodyFactorsAreNamed() async throws {
        for (bits, isFit) in [(1, false), (500, false), (1000, true)] {
            let key = try RSAParts(modulus: try await product(apartBy: bits), exponent: [1, 0, 1]).publicKey
            for problem in [key.unfitnessForEncryption, key.unfitnessForSignatures] {
                #expect((problem == nil) == isFit, "\(bits): \(problem ?? "fit")")
                #expect(isFit || problem?.contains("close to each other") == true)
            }
        }
        var number = try await modulus(of: Tool.openssl("genrsa", "2048"))
        // 256 = 1 modulo 3: what the digits lack to a multiple of three is added to one of them.
        number[100] = UInt8((Int(number[100]) / 3) * 3)
        let rest = number.enumerated().reduce(0) { $0 + ($1.offset == 100 ? 0 : Int($1.element)) } % 3
        number[100] = UInt8(min(252, Int(number[100])) + (3 - rest) % 3)
        let small = try RSAParts(modulus: number, exponent: [1, 0, 1]).publicKey
        #expect(small.unfitnessForSignatures?.contains("factor below 752") == true)
        #expect(try PrivateKey.generate(.rsa2048).publicKey.unfitnessForEncryption == nil)
    }

    /// One key, however it is written; and two keys are two.
    @Test(arguments: ["P-256", "P-384", "P-521", "brainpoolP256r1"])
    func eachSpellingOfAPointIsOneKey(_ curve: String) async throws {
        let made = try await Tool.run([
            "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(curve)",
        ])
        var keys: [PublicKey] = []
        for form in ["uncompressed", "compressed", "hybrid"] {
            let pem = try await Tool.openssl("ec", "-pubout", "-conv_form", form, input: Array(made.utf8))
            keys.append(try PublicKey(pem: pem))
        }
        #expect(Set(keys.map(\.der)).count == 3)
        #expect(keys.allSatisfy { $0.identity == keys[0].der })
        #expect(try await key(curve: curve).identity != keys[0].identity)
    }

    @Test func eachExponentOfAModulusIsOneKey() async throws {
        let modulus = try await modulus(of: Tool.openssl("genrsa", "2048"))
        let usual = try RSAParts(modulus: modulus, exponent: [1, 0, 1]).publicKey
        #expect(usual.identity == usual.der)
        for exponent: [UInt8] in [[3], [1, 1], [1, 0, 3]] {
            let key = try RSAParts(modulus: modulus, exponent: exponent).publicKey
            #expect(key.der != usual.der && key.identity == usual.der)
        }
        #expect(try PrivateKey.generate(.rsa2048).publicKey.identity != usual.identity)
    }

    @Test func otherAlgorithmsAreNotEncryptedFor() async throws {
        for algorithm in ["ED25519", "X25519", "ED448"] {
            let made = try await Tool.openssl("genpkey", "-algorithm", algorithm)
            let key = try await PublicKey(pem: Tool.openssl("pkey", "-pubout", input: Array(made.utf8)))
            #expect(key.unfitnessForEncryption?.contains("expected an RSA or EC key") == true)
        }
    }
}
