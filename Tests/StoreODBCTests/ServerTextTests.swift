// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import StoreODBC
import TestSupport
import Testing
import ThrowAwayServers

/// Text comes back as it went in, whatever a driver makes of its letters.
@Suite(.timeLimit(.minutes(5))) struct ServerTextTests {
    @Test(arguments: ThrowAwayEngine.allCases) func everyLetterComesBack(_ engine: ThrowAwayEngine) async throws {
        let database = try await TestPlace(engine).open()
        let dialect = database.dialect
        try await database.write {
            try $0.execute("CREATE TABLE letters (id \(dialect.integer), t \(dialect.longText))")
        }
        // Each low and each high byte of UTF-16, and beyond it.
        let low = (0xA0...0x2FF).compactMap(Unicode.Scalar.init).map(String.init)
        let high = stride(from: 0x0100, to: 0xFF00, by: 0x100).compactMap { Unicode.Scalar($0 + 0xD8) }.map(String.init)
        let texts = ["Lena Østergård", "ÙÚÛ", "Ø", "", "🔑Ø", String(repeating: "Ø🔑", count: 40_000)] + low + high
        for (number, text) in texts.enumerated() {
            try await database.write {
                try $0.execute("INSERT INTO letters (id, t) VALUES (?, ?)", [SQLValue(number), .text(text)])
            }
        }
        let back = try await database.read { try $0.query("SELECT t FROM letters ORDER BY id") { try $0[0] as String } }
        #expect(back.count == texts.count)
        for (text, back) in zip(texts, back) where text != back {
            Issue.record(
                "\(text.prefix(20)) (\(text.utf8.count)) comes back as \(back.prefix(20)) (\(back.utf8.count))")
        }
        await database.close()
    }
}
