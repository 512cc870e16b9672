// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Testing
import YAMLDocuments

@Suite("YAML written by us")
struct YAMLTextTests {
    private static let texts = [
        "", " ", "a", "a b", " lead", "trail ", "true", "no", "Yes", "null", "~", "5", "-1", "1e3", "0x1f", "007", ".5",
        "2025-07-10", "12:30", "=", "<<", "a: b", "a #b", "#c", "- x", "? x", "[x]", "{x}", "*x", "&x", "!x", "%x",
        "@x",
        "`x`", "'q'", "\"q\"", "\\", "a\\nb", "tab\there", "line\n", "line\nline", "line\n\n", "\nline", "\n",
        "  in\n dent",
        "a\n  b\n", "ends \nwith", "ümläut", "\u{1F511}", "\u{7}", "\u{0}", "\r\n", "a\rb", "\u{85}", "\u{2028}", "---",
        "...", "--- a", ":", "a:", ",", "${ .x | \"y\" }",
        "-----BEGIN CERTIFICATE-----\nAAA=\n-----END CERTIFICATE-----\n",
        "\u{FEFF}x", "a\n\u{A0}b", "on", "y", "1_000", "0b1", "1:20",
    ]

    private static let documents: [JSONValue] =
        texts.map { .string($0) }
        + texts.map { ["key": .string($0), "list": [.string($0), [.string($0)]]] }
        + texts.map { .object([$0: 1]) }
        + [
            nil, true, 5, -0.5, 1e300, 9_007_199_254_740_991, [], [:], [[:], [[]]],
            ["a": ["b": ["c": [1, ["d": []]]]]],
        ]

    @Test("reads back as the same value")
    func roundTrip() throws {
        for document in Self.documents {
            let text = YAMLText.emit(document)
            #expect(try YAMLNode.parse(text, file: "x.yaml").json == document, "\(text)")
        }
    }

    @Test("long random texts read back", arguments: [UInt64(Date().timeIntervalSince1970)])
    func randomTexts(seed: UInt64) throws {
        print("seed \(seed)")
        var random = seed | 1
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % bound
        }
        let alphabet = Array("ab \n\t:#-?[]{}&*!|>'\"%@`,.0~\\ü\r")
        for _ in 0..<3000 {
            let text = String((0..<next(12)).map { _ in alphabet[next(alphabet.count)] })
            let document: JSONValue = ["k": [.string(text)]]
            let yaml = YAMLText.emit(document)
            #expect(try YAMLNode.parse(yaml, file: "x.yaml").json == document, "\(document.text) as \(yaml)")
        }
    }

    @Test("keys keep the order asked for")
    func keyOrder() {
        let value: JSONValue = ["b": 1, "name": "x", "a": [["z": 1, "name": 2]]]
        #expect(YAMLText.emit(value, keyOrder: ["name"]) == "name: x\na:\n- name: 2\n  z: 1\nb: 1\n")
    }
}
