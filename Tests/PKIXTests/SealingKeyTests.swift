// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX
import Secrets
import TestSupport
import Testing

@Suite struct SealingKeyTests {
    @Test func roundTrip() throws {
        let key = SealingKey.random()
        for text in ["", "x", String(repeating: "secret ", count: 1000)] {
            let sealed = try key.seal(Secret(text), context: "orders/1/key")
            #expect(sealed.count == 1 + 12 + text.utf8.count + 16)
            #expect(try key.open(sealed, context: "orders/1/key").revealed == text)
            #expect(try SealingKey(key.bytes).open(sealed, context: "orders/1/key").revealed == text)
        }
        #expect(try key.seal(Secret("x"), context: "") != key.seal(Secret("x"), context: ""))
    }

    @Test func nothingElseOpensIt() throws {
        let key = SealingKey.random()
        let sealed = try key.seal(Secret("secret"), context: "orders/1/key")
        #expect(throws: PKIXError(.cannotOpen, "")) { try key.open(sealed, context: "orders/2/key") }
        #expect(throws: PKIXError(.cannotOpen, "")) { try SealingKey.random().open(sealed, context: "orders/1/key") }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 0x10
            #expect(throws: PKIXError.self) { try key.open(changed, context: "orders/1/key") }
        }
        for count in sealed.indices {
            #expect(throws: PKIXError.self) { try key.open(Array(sealed.prefix(count)), context: "orders/1/key") }
        }
    }

    @Test func pythonOpensIt() async throws {
        let key = SealingKey.random()
        let sealed = try key.seal(Secret("secret"), context: "orders/1/key")
        let program = """
            import sys
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
            data = sys.stdin.buffer.read()
            key, sealed = data[:32], data[32:]
            assert sealed[0] == 1
            print(AESGCM(key).decrypt(sealed[1:13], sealed[13:], b"orders/1/key").decode())
            """
        #expect(try await Tool.python(program, input: key.bytes.withBytes { Array($0) } + sealed) == "secret\n")
    }

    @Test func keyLengthIsChecked() {
        #expect(throws: PKIXError(.unacceptable, "")) { try SealingKey(Secret("short")) }
    }
}
