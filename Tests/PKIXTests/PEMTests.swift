// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX
import Secrets
import Testing

/// Texts in which certificates and private keys stand together, as administrators have them.
@Suite struct PEMTests {
    private static let labels = [
        "CERTIFICATE", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE",
    ]
    private static let blocks = labels.enumerated().map { number, label in
        PEM.encode(SecureRandom.bytes(40 + 30 * number), label: label)
    }

    /// In every order, with what tools put before, between and behind the blocks.
    @Test(arguments: ["", "\u{FEFF}", "friendlyName: Ada\n\n"], ["\n", "\r\n"])
    func privateBlocksArePassedOver(before: String, lineEnd: String) throws {
        for turn in Self.blocks.indices {
            let text = (before + (Self.blocks[turn...] + Self.blocks[..<turn]).joined(separator: "some words\n"))
                .replacing("\n", with: lineEnd)
            let all = try PEM.blocks(Array(text.utf8))
            #expect(all.count == Self.blocks.count)
            let expected = all.filter { $0.label == "CERTIFICATE" }
            #expect(try PEM.publicBlocks(Secret(text)) == expected && expected.count == 2)
        }
    }

    /// A key whose end is missing may go on up to the end of the text, so that nothing behind it is read.
    @Test func aKeyThatDoesNotEndHidesTheRest() throws {
        let cut = Self.blocks[1].replacing("-----END PRIVATE KEY-----\n", with: "")
        let found = try PEM.publicBlocks(Secret(Self.blocks[0] + cut + Self.blocks[4]))
        #expect(found.map(\.label) == ["CERTIFICATE"])
        #expect(throws: PKIXError.self) { try PEM.publicBlocks(Secret(String(Self.blocks[0].dropLast(30)) + "\n")) }
    }
}
