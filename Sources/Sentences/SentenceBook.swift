// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import YAMLDocuments

/// The sentences of the gateway in one language beside the English ones, which name them (decision 0054).
///
/// Sentences are told in English everywhere inside: the log, the command line and the ledger have them, years old ones too. At the
/// exit a reader's language takes their place, by the pattern that fits; a sentence that no pattern fits stays as it is.
final class SentenceBook: Sendable {
    private struct Entry: Sendable {
        let pattern: SentencePattern
        /// The same in the language: text, and the places by their number in the English sentence.
        let parts: [Part]
        /// Fits only inside another sentence, and only where all inside it is known: `administrator or helpdesk` alone is no sentence,
        /// and what a CA says with an `or` in it is not said by halves.
        let isInner: Bool
    }

    private enum Part: Sendable {
        case text(String)
        case place(Int)
    }

    /// Bytes. Longer texts are none of ours, or have so much of others in them that taking them apart costs more than it says.
    private static let longest = 2000
    /// Sentences inside sentences inside sentences.
    private static let deepest = 12
    /// Marks an entry that stands only inside another sentence.
    private static let innerMark = "…"

    /// By the first byte; those that begin with a place under 0. The heaviest first.
    private let entries: [UInt8: [Entry]]
    /// What was said lately: pages ask for the same again and again.
    private let said = Mutex<[String: String]>([:])

    /// - Parameter root: a mapping from English sentences to those of the language.
    /// - Throws: `Diagnostics` with every entry that is wrong.
    init(_ root: YAMLNode) throws(Diagnostics) {
        let collector = DiagnosticCollector()
        var entries: [UInt8: [Entry]] = [:]
        if root.members == nil { collector.add(root, "", "expected a mapping from sentences to sentences") }
        for (key, value) in root.members ?? [] {
            let english = key.scalar ?? ""
            let isInner = english.hasPrefix(Self.innerMark)
            let text = isInner ? String(english.dropFirst(Self.innerMark.count)) : english
            guard let pattern = SentencePattern(text), pattern.weight > 0 else {
                collector.add(key, english, "is no sentence: its {places} have names, differ and do not touch")
                continue
            }
            guard let other = value.scalar, let parts = Self.parts(other, pattern) else {
                collector.add(value, english, "expected text with no other places than the English sentence has")
                continue
            }
            entries[pattern.literals[0].first ?? 0, default: []].append(
                Entry(pattern: pattern, parts: parts, isInner: isInner))
        }
        try collector.check()
        self.entries = entries.mapValues { $0.sorted { $0.pattern.weight > $1.pattern.weight } }
    }

    private static func parts(_ text: String, _ pattern: SentencePattern) -> [Part]? {
        var parts: [Part] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { return nil }
            let name = rest[rest.index(after: open)..<close].filter { $0 != "*" && $0 != "#" && $0 != "~" }
            guard let number = pattern.places.firstIndex(where: { $0.name == name }) else { return nil }
            parts += [.text(String(rest[..<open])), .place(number)]
            rest = rest[rest.index(after: close)...]
        }
        return parts + [.text(String(rest))]
    }

    /// The sentence in this language; as it is where it is not known. A single word is a word of the API, and no sentence.
    func said(_ sentence: String) -> String {
        guard sentence.utf8.count <= Self.longest, sentence.utf8.contains(0x20) else { return sentence }
        if let known = said.withLock({ $0[sentence] }) { return known }
        var work = Work()
        var text = render(Array(sentence.utf8), inner: false, 0, &work)
        if work.isTooMuch { text = sentence }
        said.withLock { memory in
            if memory.count > 5000 { memory.removeAll() }
            memory[sentence] = text
        }
        return text
    }

    /// One of the words that stand inside sentences, by itself.
    func said(word: String) -> String {
        var work = Work()
        return render(Array(word.utf8), inner: true, 0, &work)
    }

    /// What of a sentence is not known in this language: the whole, or sentences inside it; empty when all is.
    ///
    /// - Parameter isPart: whether it may be one that stands only inside another.
    func unknown(in sentence: String, isPart: Bool = false) -> [String] {
        var work = Work()
        _ = render(Array(sentence.utf8), inner: isPart, 0, &work)
        return work.unknown
    }

    /// How many parts were looked up for a sentence.
    func effort(for sentence: String) -> Int {
        guard sentence.utf8.count <= Self.longest else { return 0 }
        var work = Work()
        _ = render(Array(sentence.utf8), inner: false, 0, &work)
        return work.parts
    }

    /// What was found out about a sentence, and how much was done for it. Whoever writes a text that a sentence quotes could else have it taken
    /// apart in very many ways.
    private struct Work {
        static let most = 200
        var unknown: [String] = []
        var parts = 0
        var isTooMuch: Bool { parts > Self.most }
    }

    private func render(_ text: [UInt8], inner: Bool, _ depth: Int, _ work: inout Work) -> String {
        let own = String(decoding: text, as: UTF8.self)
        work.parts += 1
        guard !work.isTooMuch else {
            work.unknown.append(own)
            return own
        }
        for (entry, values) in candidates(for: text, inner: inner) {
            var trial = Work(parts: work.parts)
            let said = render(entry, values, depth, &trial)
            work.parts = trial.parts
            guard trial.unknown.isEmpty || !entry.isInner else { continue }
            work.unknown += trial.unknown
            return said
        }
        work.unknown.append(own)
        return own
    }

    private func render(_ entry: Entry, _ values: [ArraySlice<UInt8>], _ depth: Int, _ work: inout Work) -> String {
        var said = ""
        for part in entry.parts {
            switch part {
            case .text(let text): said += text
            case .place(let number):
                if entry.pattern.places[number].kind == .sentence, depth < Self.deepest {
                    said += render(Array(values[number]), inner: true, depth + 1, &work)
                    // One that stands inside another counts whole or not at all.
                    if entry.isInner, !work.unknown.isEmpty { return said }
                } else {
                    said += String(decoding: values[number], as: UTF8.self)
                }
            }
        }
        return said
    }

    /// What fits, the heaviest first: the first that is no inner one, and the inner ones that are heavier.
    private func candidates(for text: [UInt8], inner: Bool) -> [(Entry, [ArraySlice<UInt8>])] {
        var found: [(Entry, [ArraySlice<UInt8>])] = []
        for list in [entries[text.first ?? 0], entries[0]] {
            for entry in list ?? [] where inner || !entry.isInner {
                guard let values = entry.pattern.values(in: text) else { continue }
                found.append((entry, values))
                if !entry.isInner { break }
            }
        }
        return found.sorted { $0.0.pattern.weight > $1.0.pattern.weight }
    }
}
