// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import JSONDocuments
import Testing
import YAMLDocuments

@Suite("Text with holes")
struct TemplateTests {
    private static let input: JSONValue = ["id": 5, "name": "a/b c", "flag": true, "list": [1], "big": 900_100_000_000]

    private func template(_ text: String) -> (template: Template?, problems: [Diagnostic]) {
        let collector = DiagnosticCollector()
        let library = ExpressionLibrary()
        let node = YAMLNode(.scalar(text, isPlain: true), file: "x.yaml", line: 3, column: 10)
        let template = library.template(node, keyPath: "path", collector: collector)
        library.compile(into: collector)
        return (template, collector.all)
    }

    @Test(
        "holes are filled",
        arguments: [
            ("plain", "plain"), ("/orders/${ .id }/x", "/orders/5/x"), ("${.id}${.flag}", "5true"),
            ("${ {a: {b: .id}} | .a.b }", "5"),
            ("${ \"}\" }", "}"), ("${ \"\\(\"}\" + \"{\")\" }", "}{"), ("${ .name | split(\"/\")[0] }", "a"),
            ("$${ .id }", "${ .id }"), ("$", "$"),
            ("a$b", "a$b"), ("cost $5", "cost $5"), ("${ .big }", "900100000000"), ("${ 1.5 }", "1.5"),
            ("${ .id # } comment\n}", "5"), ("$$${ .id }", "$${ .id }"),
            ("${ if .flag then \"y\" else \"n\" end }", "y"), ("{ ${ .id } }", "{ 5 }"), ("ü${ .id }ü", "ü5ü"),
        ])
    func rendering(text: String, expected: String) throws {
        let (template, problems) = template(text)
        #expect(problems.isEmpty)
        #expect(try template?.render(Self.input) == expected)
    }

    @Test("only what comes from holes is escaped")
    func escaping() throws {
        let template = try #require(template("/a/${ .name }").template)
        #expect(try template.render(Self.input) { $0.replacing("/", with: "%2F") } == "/a/a%2Fb c")
        #expect(!template.isConstant)
        #expect(template.skeleton(filling: "_") == "/a/_")
        #expect(self.template("/a/$${x}").template?.isConstant == true)
    }

    @Test("null, lists and mappings do not fit", arguments: ["${ .missing }", "${ .list }", "${ {} }"])
    func unfit(text: String) throws {
        let template = try #require(template(text).template)
        let error = #expect(throws: ExpressionError.self) { try template.render(Self.input) }
        #expect(error?.kind == .unfit)
        #expect(error?.message.contains(text) == true)
    }

    @Test(
        "wrong holes are noted with their place",
        arguments: [
            ("a ${ .id", 14), ("a ${ env }", 15), ("${ ) }", 12), ("${}", 12), ("${ \"open }", 12),
            ("x ${ .id } ${ $ENV }", 24),
        ])
    func wrongHoles(text: String, column: Int) {
        let (template, problems) = template(text)
        #expect(template == nil)
        #expect(problems.count == 1)
        #expect(problems.first?.line == 3)
        #expect(problems.first?.column == column, "\(problems)")
    }

    @Test("a hole that does not compile is noted")
    func compileError() {
        #expect(template("a ${ .id .. }").problems.map(\.keyPath) == ["path"])
    }
}
