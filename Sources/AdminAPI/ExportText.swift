// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import JSONDocuments
import Sentences

/// A list as the text of a file, made page by page.
struct ExportText {
    private let export: ListExport
    private let format: ListExport.Format
    private let reader: SentenceBooks.Reader

    init(_ export: ListExport, _ format: ListExport.Format, _ reader: SentenceBooks.Reader) {
        (self.export, self.format, self.reader) = (export, format, reader)
    }

    func write(to send: ([UInt8]) async throws -> Void) async throws {
        // By the byte order mark spreadsheets know the text for UTF-8.
        try await send(
            Array((format == .csv ? "\u{FEFF}" + CSVText.record(export.list.columns) : "[").utf8))
        var isFirst = true
        try await export.forEachPage { items in
            var text = ""
            for item in items.map(reader.said) {
                switch format {
                case .csv: for row in export.list.rows(item) { text += CSVText.record(row) }
                case .json:
                    text += (isFirst ? "\n" : ",\n") + item.text
                    isFirst = false
                }
            }
            try await send(Array(text.utf8))
        }
        if format == .json { try await send(Array("\n]\n".utf8)) }
    }
}
