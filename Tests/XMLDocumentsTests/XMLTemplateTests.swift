// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import JSONDocuments
import Testing
import XMLDocuments
import YAMLDocuments

@Suite struct XMLTemplateTests {
    private func render(_ text: String, _ input: JSONValue = [:]) throws -> String {
        let (library, collector) = (ExpressionLibrary(), DiagnosticCollector())
        let node = YAMLNode(.scalar(text, isPlain: false), file: "t.yaml", line: 1, column: 1)
        let template = library.xmlTemplate(
            node, keyPath: "body", namespaces: [("t", "urn:t")], collector: collector)
        library.compile(into: collector)
        try collector.check()
        let writer = XMLWriter(hasDeclaration: false)
        try #require(template).render(input, to: writer)
        return String(decoding: try writer.finish().filter { $0 != 0x0A }, as: UTF8.self)
    }

    @Test func holesStandInTextAndAttributes() throws {
        #expect(
            try render("<a b='x${ .v }y'>p${ .v }q</a>", ["v": "<\"&"])
                == "<a b=\"x&lt;&quot;&amp;y\">p&lt;&quot;&amp;q</a>")
        #expect(try render("<t:a t:b=\"${ {x: \"}\"} | .x }\"/>") == "<t:a t:b=\"}\"/>")
        #expect(try render("<a>${ 1 + 1 }${ true }$${ no }</a>") == "<a>2true${ no }</a>")
        #expect(try render("<a>&amp;&#65;</a>") == "<a>&amp;A</a>")
        #expect(try render("<a>${ .v }\u{301}</a>", ["v": "e"]) == "<a>e\u{301}</a>")
    }

    @Test func elementsComeAndGo() throws {
        let items: JSONValue = ["items": ["x", "", "y"], "no": false]
        #expect(
            try render("<a>\n  <i c:each=\".items\" c:if='.item != \"\"' n=\"${ .item }\"/>\n</a>", items)
                == "<a><i n=\"x\"/><i n=\"y\"/></a>")
        #expect(try render("<a c:if='.no'/><b/>", items) == "<b/>")
        #expect(
            try render("<r c:each='[[1, 2], [3]]'><c c:each='.item'>${ .item }</c></r>")
                == "<r><c>1</c><c>2</c></r><r><c>3</c></r>")
        #expect(throws: ExpressionError.self) { try render("<a c:each='\"text\"'/>") }
    }

    @Test func whatHasNoValueIsAnError() {
        for text in ["<a>${ null }</a>", "<a b=\"${ [] }\"/>", "<a>${ empty }</a>"] {
            #expect(throws: ExpressionError.self) { try render(text) }
        }
    }

    @Test func namespacesAndCommentsOfTheFile() throws {
        #expect(
            try render("<!-- why --><q:a xmlns:q='urn:q'><b xmlns='urn:d'/></q:a>")
                == "<q:a xmlns:q=\"urn:q\"><b xmlns=\"urn:d\"/></q:a>")
        for text in ["<u:a/>", "<a ${ 1 }='x'/>", "<a", "<?x y?>", "<a>\u{E000}0\u{E001}</a>", "<!DOCTYPE a><a/>"] {
            #expect(throws: Diagnostics.self) { try render(text) }
        }
    }
}
