// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import YAMLDocuments

/// The languages that the gateway's sentences are told in: English, and one for each file of `sentences.d`.
public struct SentenceBooks: Sendable {
    /// English alone.
    public static let none = SentenceBooks([:])

    private let books: [String: SentenceBook]

    private init(_ books: [String: SentenceBook]) { self.books = books }

    /// Reads the files of the first folder that there is: `de.yaml` is German. A few milliseconds.
    ///
    /// - Throws: `Diagnostics` with everything that is wrong, with file and line; an operator must act.
    public static func read(folders: [String]) throws(Diagnostics) -> SentenceBooks {
        let files = FileManager.default
        guard let folder = folders.first(where: { files.fileExists(atPath: $0) }) else {
            throw Diagnostics([
                Diagnostic(
                    file: "sentences.d", message: "is in none of \(folders.joined(separator: ", "))",
                    hint: "put sentences.d of the release beside connectors.d; until then every sentence is English")
            ])
        }
        var books: [String: SentenceBook] = [:]
        for path in YAMLFiles.paths(in: folder) {
            do { try TrustedPath.ofThisProcess.check(path, as: .shared) } catch {
                throw Diagnostics([Diagnostic(file: path, message: error.message)])
            }
            guard let data = files.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
                throw Diagnostics([Diagnostic(file: path, message: "cannot be read as UTF-8 text")])
            }
            books[URL(filePath: path).deletingPathExtension().lastPathComponent.lowercased()] = try SentenceBook(
                YAMLNode.parse(text, file: path))
        }
        return SentenceBooks(books)
    }

    /// The language for whoever asks.
    ///
    /// - Parameter acceptLanguage: as RFC 9110 section 12.5.4 has it, such as `de-CH, en;q=0.7`.
    public func reader(_ acceptLanguage: String?) -> Reader {
        var best = (name: Reader.english.language, quality: 0.0)
        for range in (acceptLanguage ?? "").prefix(500).lowercased().split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            let name = String(parts.first?.prefix { $0 != "-" } ?? "")
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            let isHere = books[name] != nil || name == Reader.english.language
            // Of two that are as welcome the first one counts.
            if isHere, quality > best.quality { best = (name, quality) }
        }
        return Reader(language: best.name, book: books[best.name])
    }

    /// Says things to one reader.
    public struct Reader: Sendable {
        public static let english = Reader(language: "en", book: nil)

        public let language: String
        let book: SentenceBook?
        public var isEnglish: Bool { book == nil }

        public func said(_ sentence: String) -> String { book?.said(sentence) ?? sentence }

        /// A word of the gateway's own that stands by itself, such as what was decided.
        public func said(word: String) -> String { book?.said(word: word) ?? word }
    }
}
