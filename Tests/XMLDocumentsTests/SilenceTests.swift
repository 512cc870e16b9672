// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import XMLDocuments

/// What is wrong with a document is told in an error, and nowhere else.
@Suite struct SilenceTests {
    /// Bytes that an encoding does not know, attributes no schema allows, functions nobody has: libxml2 prints about each
    /// of them where it is not told otherwise.
    @Test func nothingIsPrinted() async throws {
        let result = try await #require(
            processExitsWith: .success, observing: [\.standardErrorContent, \.standardOutputContent]
        ) {
            // The library keeps its settings by thread: the one that set it up, and another.
            SilenceTests.readBrokenDocuments()
            await withCheckedContinuation { continuation in
                Thread {
                    SilenceTests.readBrokenDocuments()
                    continuation.resume()
                }.start()
            }
        }
        #expect(String(decoding: result.standardErrorContent, as: UTF8.self) == "")
        let output = String(decoding: result.standardOutputContent, as: UTF8.self)
        #expect(!output.contains("error"), "\(output)")
    }

    private static func readBrokenDocuments() {
        let documents: [(String, [UInt8])] = [
            ("<?xml version='1.0' encoding='ISO-2022-JP'?><a>", [0x1B, 0x24, 0x42, 0xFF, 0xFF]),
            ("<?xml version='1.0' encoding='EUC-JP'?><a>", [0x8F, 0xFF, 0xFF]), ("<a xml:id='1'/>", []),
            ("<a><b", []), ("<a>", [0xFF]), ("<?xml version='1.0' encoding='UTF-7'?><a>+///-", []),
        ]
        for (text, bytes) in documents {
            for encoding in [nil, "Shift_JIS", "UTF-8"] {
                _ = try? XMLDocument(parsing: Array(text.utf8) + bytes + Array("</a>".utf8), encoding: encoding)
                _ = try? HTMLDocument(parsing: Array(text.utf8) + bytes + Array("<p>".utf8), encoding: encoding)
            }
        }
        _ = try? HTMLDocument(parsing: Array("<meta charset=iso-2022-jp><p>".utf8) + [0x1B, 0x24, 0x42, 0xFF, 0xFE])
        for expression in ["foo()", "//a[foo()]", "document('x')", "//p:a", "count(1)", "id('x')"] {
            _ = try? XPathExpression(expression)
        }
        let writer = XMLWriter()
        writer.end()
        writer.start("a b")
        writer.text("\u{1}")
        _ = try? writer.finish()
    }

    @Test func bytesThatDoNotFitAreTold() throws {
        func isTold(_ bytes: [UInt8], _ encoding: String) {
            let error = #expect(throws: XMLError.self) { try XMLDocument(parsing: bytes, encoding: encoding) }
            #expect(error == XMLError(.malformed, "its bytes do not fit its encoding"))
            let error2 = #expect(throws: XMLError.self) { try HTMLDocument(parsing: bytes, encoding: encoding) }
            #expect(error2 == XMLError(.malformed, "the page's bytes do not fit its encoding"))
        }
        isTold(Array("<a>text".utf8) + [0x81] + Array("</a>".utf8), "Shift_JIS")
        isTold(Array("<a>text</a>".utf8) + [0x81, 0x20], "windows-1252")
        // The document read next on the same thread has nothing to do with it.
        #expect(try XMLDocument(parsing: "<a/>".utf8).root.name == "a")
    }

    /// windows-1252 is only a guess where a page says nothing: what it lacks must not cost the rest of the page.
    @Test func aGuessedEncodingCutsNothingOff() throws {
        let page = Array("<p>vor".utf8) + [0xFC, 0x81, 0x8D, 0x8F, 0x90, 0x9D] + Array(" nach</p>".utf8)
        #expect(try HTMLDocument(parsing: page).text == "vorü????? nach")
    }
}
