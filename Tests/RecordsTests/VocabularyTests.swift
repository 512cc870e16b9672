// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Records
import Testing

@Suite struct VocabularyTests {
    @Test func theManualHasEveryWord() throws {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let manual = try String(contentsOf: repository.appending(path: "docs/manual/audit.md"), encoding: .utf8)
        let rows = manual.matches(of: /\n\| `([a-zA-Z]+\.[a-zA-Z]+)` \| ([^|]+) \|/).map {
            [String($0.1), String($0.2)]
        }
        #expect(rows == AuditAction.allCases.map { [$0.rawValue, $0.meaning] })
    }

    @Test func aWordIsAVerbAndAnObject() {
        #expect(AuditAction.allCases.allSatisfy { $0.rawValue.wholeMatch(of: /[a-z]+\.[a-zA-Z]+/) != nil })
    }
}
