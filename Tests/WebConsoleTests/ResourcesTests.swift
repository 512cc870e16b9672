// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments
import TestSupport
import Testing

/// The console's files as text: words, lengths, and what must not be there.
@Suite struct ResourcesTests {
    private static let here = URL(filePath: #filePath).deletingLastPathComponent()
    private static let resources = here.appending(path: "../../Sources/WebConsole/Resources").standardizedFileURL

    private static func faults(of folder: URL) async throws -> [String] {
        let judge = here.appending(path: "resources-judge.py").path
        let verdict = try JSONValue(parsing: try await Tool.run(["python3", judge, folder.path]))
        return try #require(verdict["faults"]?.array).compactMap(\.string)
    }

    @Test func allIsAsItShouldBe() async throws {
        for fault in try await Self.faults(of: Self.resources) { Issue.record("\(fault)") }
    }

    /// Each problem's type leads to a heading of the manual, in both languages, and no heading is of a word that there is not.
    @Test(arguments: ["en", "de"]) func everyProblemIsInTheManual(_ language: String) throws {
        let page = try String(
            contentsOf: Self.resources.appending(path: "manual/problems.\(language).md"), encoding: .utf8)
        let headings = page.matches(of: /(?m)^## `(\w+)`\n\n(.{20,})$/).map { String($0.1) }
        #expect(headings == ProblemCode.allCases.map(\.rawValue).sorted { $0.lowercased() < $1.lowercased() })
        #expect(ProblemCode.notFound.address == "/manual/problems#notFound")
    }

    /// The judge sees each kind of mistake.
    @Test(arguments: [
        ("i18n/de.json", "\"button.undo\": ", "\"button.unda\": ", "button.undo: only in en"),
        ("i18n/de.json", "{seconds}", "{secs}", "placeholders"),
        ("app/page.js", "t('problem.title')", "t('problem.titel')", "no text for problem.titel"),
        ("components/help.js", "t('help.title')", "'x'", "help.title: nobody uses this text"),
        ("components/pill.js", "return h(", "document.createElement('p'); return h(", "makes elements"),
        ("components/pill.js", "return h(", "x.innerHTML = ''; return h(", "makes elements of text"),
        ("components/copy.js", "import { toast }", "import { toasted }", "exports no toasted"),
        ("app/places.js", "page: 'people'", "page: 'peoples'", "pages/peoples: no page.js"),
        ("styles/base.css", "margin: 0;", "margin: 0; background: url(x.png);", "from elsewhere"),
        ("index.html", "<body>", "<body onload=\"x()\">", "inline script"),
    ])
    func aMistakeIsSeen(_ file: String, _ before: String, _ after: String, _ sentence: String) async throws {
        let folder = try TemporaryFolder()
        let copy = URL(filePath: folder.path("console"))
        try FileManager.default.copyItem(at: Self.resources, to: copy)
        let place = copy.appending(path: file)
        let text = try String(contentsOf: place, encoding: .utf8)
        let range = try #require(text.range(of: before))
        try Data(text.replacingCharacters(in: range, with: after).utf8).write(to: place)
        #expect(try await Self.faults(of: copy).contains { $0.contains(sentence) })
    }
}
