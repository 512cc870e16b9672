// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import TestSupport
import Testing
import YAMLDocuments

@testable import Rules

/// Rule files: what is wrong is said with its place and all at once; newer files take the place of older ones.
@Suite struct RuleReadingTests {
    private static let good = """
        functions: |
          def holds($type): any(.subject[]; .type == $type);
        rules:
          no-title: {finding: there is a title, source: here, severity: stop, types: [mailbox], checked: [order], find: 'select(holds("title")) | "title"'}
        """
    private static let mailbox = RuleSubject(kind: RuleSubject.Kind(.mailbox, .strict))

    private func problems(_ text: String) -> [String] {
        do {
            _ = try RuleFiles.read(text, file: "own.yaml")
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    @Test func everyMistakeIsSaidWithItsPlace() {
        let found = problems(
            """
            rulez: {}
            rules:
              one: {finding: f, source: s, severity: fatal, checked: [order], find: '"x"'}
              two: {finding: f, source: s, severity: stop, checked: [before], find: '"x"', from: 2027-13-01}
              three: {source: s, severity: stop, types: [mailboxes], checked: [order], find: '"x"'}
              four: {finding: f, source: s, severity: stop}
              five: {finding: f, source: s, severity: stop, checked: [order], find: 'input'}
              six: {finding: f, source: s, severity: stop, checked: [order], find: '"x"', from: 2027-07-01, until: 2027-06-30}
            """)
        for place in [
            "own.yaml:1:1: rulez", "own.yaml:3:", "rules.one.severity", "rules.two.checked[0]", "rules.two.from",
            "rules.three.finding", "rules.three.types[0]", "rules.four", "rules.five.find", "rules.six.until",
        ] {
            #expect(found.contains { $0.contains(place) }, "\(place): \(found)")
        }
        #expect(found.count == 9, "\(found)")
    }

    /// A program that does not compile is told at its line, and alone.
    @Test func aProgramThatDoesNotCompileIsToldAtItsLine() {
        let found = problems(
            """
            functions: |
              def twice($x): $x + $x;
              def thrice($x): twice($x) + $x;
            rules:
              good: {finding: f, source: s, severity: stop, checked: [order, certificate], find: 'twice("x")'}
              bad:
                finding: f
                source: s
                severity: stop
                checked: [order, certificate]
                find: |
                  .subject[] |
                  select(fourfold(.value))
            """)
        #expect(found.count == 1, "\(found)")
        #expect(found[0].contains("own.yaml:13") && found[0].contains("rules.bad.find"), "\(found)")
    }

    @Test func wrongFunctionsAreToldOnce() {
        let found = problems(
            "functions: 'def twice($x): $x + ;'\nrules: {a: {finding: f, source: s, severity: stop, checked: [order], find: '1'}}"
        )
        #expect(found.count == 1 && found[0].contains("functions"), "\(found)")
    }

    private func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        return folder
    }

    private func findings(_ book: RuleBook, title: String = "Dr") -> [RuleFinding] {
        book.findings(
            ["subject": [["type": "title", "value": .string(title)]]], about: Self.mailbox, .order, at: Date())
    }

    @Test func newerFilesTakeThePlaceOfOlderOnes() throws {
        let shipped = try folder(["smime.yaml": Self.good])
        let own = try folder([
            "smime.yaml": Self.good.replacing("severity: stop", with: "severity: warn"),
            "zz.yaml":
                "rules: {always: {finding: f, source: s, severity: warn, types: [mailbox], checked: [order], find: 'true'}}",
        ])
        #expect(findings(try RuleFiles(folders: [shipped.path]).read()).map(\.severity) == [.stop])
        let both = try RuleFiles(folders: [own.path, shipped.path]).read()
        #expect(findings(both).map { "\($0.rule) \($0.severity)" } == ["no-title warn", "always warn"])
    }

    /// A rule of a file that is read first hides the one of its id; functions are each file's own.
    @Test func aRuleCanBeReplacedAlone() throws {
        let shipped = try folder(["smime.yaml": Self.good])
        let own = try folder([
            "own.yaml": """
            functions: |
              def holds($type): true;
            rules:
              no-title: {finding: ours, source: s, severity: warn, types: [mailbox], checked: [order], find: 'select(holds("x")) | "title"'}
            """
        ])
        let book = try RuleFiles(folders: [own.path, shipped.path]).read()
        #expect(findings(book).map(\.finding) == ["ours"])
    }

    @Test func problemsOfAllFilesComeTogether() throws {
        let own = try folder(["a.yaml": "rules: {x: {}}", "b.yaml": "rules: ["])
        let error = #expect(throws: Diagnostics.self) { try RuleFiles(folders: [own.path]).read() }
        let files = Set(error?.all.map { URL(filePath: $0.file).lastPathComponent } ?? [])
        #expect(files == ["a.yaml", "b.yaml"])
    }

    @Test func aChangedFileIsReadAgain() throws {
        let own = try folder(["smime.yaml": Self.good])
        let shelf = RuleShelf(RuleFiles(folders: [own.path]))
        #expect(findings(try shelf.book()).map(\.severity) == [.stop])
        try own.write(Self.good.replacing("severity: stop", with: "severity: accept"), to: "smime.yaml")
        #expect(findings(try shelf.book()).map(\.severity) == [.accept])
        try own.write("rules: [", to: "smime.yaml")
        #expect(throws: Diagnostics.self) { try shelf.book() }
        try own.write(Self.good, to: "smime.yaml")
        #expect(findings(try shelf.book()).map(\.severity) == [.stop])
    }

    /// A program that fails at run time is told and warns; the other rules go on.
    @Test func aRuleThatFailsWarns() throws {
        let book = try RuleFiles.read(
            """
            rules:
              fails: {finding: f, source: s, severity: stop, types: [mailbox], checked: [order], find: '.subject | error("odd")'}
              goes-on: {finding: g, source: s, severity: stop, types: [mailbox], checked: [order], find: '"x"'}
            """, file: "own.yaml")
        let found = findings(book)
        #expect(found.map(\.rule) == ["fails", "goes-on"])
        #expect(found.map(\.severity) == [.warn, .stop])
        #expect(found[0].finding.contains("odd"))
    }

    /// A rule counts from the first moment of its first day to the last of its last.
    @Test func rulesCountOnTheirDays() throws {
        let rules = try RuleFiles.read(
            "rules: {r: {finding: f, source: s, severity: stop, checked: [order], find: '1', from: 2027-07-01, until: 2027-07-31}}",
            file: "own.yaml"
        ).rules
        let start = try #require(CalendarDay.date("2027-07-01"))
        #expect(!rules[0].isInForce(at: start - 1) && rules[0].isInForce(at: start))
        #expect(rules[0].isInForce(at: start + 31 * 86_400 - 1) && !rules[0].isInForce(at: start + 31 * 86_400))
    }

    @Test func theShippedFilesAreRight() throws {
        let book = try ShippedRules.book()
        #expect(book.rules.count > 100)
        let unchecked = book.rules.filter { $0.stages.isEmpty }
        #expect(unchecked.allSatisfy { !$0.note.isEmpty } && unchecked.count < 15)
    }
}
