// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Commands that sentences of the sources advise can be typed as they stand: no option is left out that the command requires.
@Suite(.timeLimit(.minutes(5))) struct QuotedCommandTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func commandsInSentencesHaveWhatTheyRequire() async throws {
        let required = try await HelpExamples("certway").required
        #expect(required["certificate withdraw"] == ["--because"])
        var seen = 0
        for (file, command) in try Self.quoted() {
            let words = command.split(separator: " ").map(String.init)
            var path = Array(words.prefix { $0.allSatisfy { $0.isLowercase || $0 == "-" } && !$0.hasPrefix("-") })
            while !path.isEmpty, required[path.joined(separator: " ")] == nil { path.removeLast() }
            // What only names a command is no advice to type; what is tried again has had its reasons.
            guard words.count > path.count, !words.contains("--retry"),
                let options = required[path.joined(separator: " ")]
            else { continue }
            seen += 1
            let missing = options.filter { !words.contains($0) }.sorted()
            #expect(missing.isEmpty, "\(file): 'certway \(command)' lacks \(missing.joined(separator: ", "))")
        }
        #expect(seen > 30)
    }

    /// Each with its file. Interpolations stand for a word.
    private static func quoted() throws -> [(file: String, command: String)] {
        let sources = root.appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var found: [(String, String)] = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8).replacing(/"\s*\n\s*\+ "/, with: "")
                .replacing(/\\\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/, with: "X")
            for match in text.matches(of: /'certway ((?:[^'"\\\n]|\\")*)'/) {
                found.append((file.lastPathComponent, String(match.1)))
            }
        }
        return found
    }
}
