// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Synchronization
import Testing

@testable import Gateway

@Suite struct StandardLoggerTests {
    /// A line break in what a CA wrote, of whatever kind, begins no entry.
    @Test(arguments: ["\n", "\r", "\r\n", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}"])
    func noTextFromOutsideLooksLikeAnEntry(_ lineBreak: String) {
        let entries = Mutex<[String]>([])
        let logger = StandardLogger(threshold: .notice) { entry in entries.withLock { $0.append(entry) } }
        let forged = "x\(lineBreak)2026-01-01T00:00:00Z error forged"
        logger.log(.error, forged, fields: [("reason", forged)])
        logger.log(.debug, forged, fields: [])
        let written = entries.withLock { $0 }
        #expect(written.count == 1)
        let lines = written.joined().split(whereSeparator: \.isNewline)
        #expect(lines.count == 3 && lines.dropFirst().allSatisfy { $0.hasPrefix("    2026") }, "\(written)")
    }

    /// One line, one object, whatever is in it; a field cannot pass for the level.
    @Test func programsGetOneObjectInALine() throws {
        let entries = Mutex<[String]>([])
        let logger = StandardLogger(threshold: .notice, format: .json) { entry in entries.withLock { $0.append(entry) }
        }
        logger.log(.error, "a \"quote\"\nand \u{2028}more", fields: [("order", "cw-1"), ("level", "debug")])
        let written = entries.withLock { $0 }
        #expect(written.count == 1 && !written[0].contains("\n"))
        let value = try JSONValue(parsing: written[0])
        #expect(value["level"]?.string == "error")
        #expect(value["message"]?.string == "a \"quote\"\nand \u{2028}more")
        #expect(value["order"]?.string == "cw-1")
        #expect(value["time"]?.string?.hasSuffix("Z") == true)
    }
}
