// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Drift
import Foundation
import Testing
import YAMLDocuments

@testable import AdminAPI
@testable import Sentences

/// What is said of differences is said in German, too.
@Suite struct DriftSentenceTests {
    @Test func everyKindHasGerman() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "sentences.d/de.yaml").path
        let book = try SentenceBook(YAMLNode.parse(String(contentsOfFile: path, encoding: .utf8), file: path))
        for rule in DriftRule.table {
            for text in [rule.sentence, rule.cause, rule.remedy] {
                #expect(book.unknown(in: text).isEmpty && book.said(text) != text, "sentences.d/de.yaml lacks: \(text)")
            }
        }
        for source in DriftSource.allCases { #expect(book.said(source.title) != source.title, "\(source.title)") }
    }
}
