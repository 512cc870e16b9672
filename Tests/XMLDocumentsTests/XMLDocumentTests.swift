// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing
import XMLDocuments

@Suite struct XMLDocumentTests {
    private func read(_ text: String) throws -> XMLDocument { try XMLDocument(parsing: text.utf8) }

    @Test func elementsTellNameNamespaceTextAndAttributes() throws {
        let document = try read(
            """
            <?xml version="1.0"?>
            <a:order xmlns:a="urn:a" xmlns="urn:d" id="1" a:id="2"><!-- no text -->
              <item>x<![CDATA[<&>]]>y</item><a:item>äöü ß €</a:item>
            </a:order>
            """)
        let root = document.root
        #expect(root.isNamed("order", "urn:a"))
        #expect(root.line == 2)
        #expect(root.elements.map(\.name) == ["item", "item"])
        #expect(root.element("item", namespace: "urn:d")?.text == "x<&>y")
        #expect(root.element("item", namespace: "urn:a")?.text == "äöü ß €")
        #expect(root.element("item") == nil)
        #expect(root.attribute("id") == "1")
        #expect(root.attribute("id", namespace: "urn:a") == "2")
        #expect(root.attributes.map { "\($0.prefix ?? "-") \($0.name)=\($0.value)" } == ["- id=1", "a id=2"])
        #expect(root.elements[0].parent?.name == "order")
    }

    /// The tree lives as long as anything of it.
    @Test func anElementKeepsItsDocument() throws {
        func item() throws -> XMLElement { try #require(try read("<a><b>text</b></a>").root.elements.first) }
        #expect(try item().text == "text")
    }

    @Test func anElementIsXMLOfItsOwn() throws {
        let document = try read(#"<a xmlns="urn:d" xmlns:p="urn:p"><p:b q="&lt;&quot;">ü &amp; <c/></p:b></a>"#)
        let copy = try read(document.root.elements[0].xml)
        #expect(copy.root.isNamed("b", "urn:p"))
        #expect(copy.root.attribute("q") == "<\"")
        #expect(copy.root.elements[0].isNamed("c", "urn:d"))
        #expect(copy.root.text == "ü & ")
    }

    @Test(arguments: [
        "<!DOCTYPE a><a/>", "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'><a/>",
        "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><a>&e;</a>",
        "<!DOCTYPE a [<!ENTITY b 'x'><!ENTITY c '&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;'>]><a>&d;</a>",
    ])
    func aDoctypeIsRefused(text: String) {
        let error = #expect(throws: XMLError.self) { try read(text) }
        #expect(error?.kind == .refused)
        #expect(error?.message == "a DOCTYPE is not allowed")
        #expect(error?.line == 1)
    }

    @Test func sizeAndDepthAreBounded() throws {
        let deep = String(repeating: "<a>", count: 300) + String(repeating: "</a>", count: 300)
        #expect(throws: XMLError(.refused, "nested too deeply, or with names or values too long", line: 1)) {
            try read(deep)
        }
        let shallow = String(repeating: "<a>", count: 200) + String(repeating: "</a>", count: 200)
        #expect(throws: Never.self) { try read(shallow) }
        let large = [UInt8]("<a>".utf8) + [UInt8](repeating: 0x20, count: XMLDocument.usualLimit) + [UInt8]("</a>".utf8)
        let error = #expect(throws: XMLError.self) { try XMLDocument(parsing: large) }
        #expect(error?.kind == .refused)
        #expect(throws: Never.self) { try XMLDocument(parsing: large, maximumBytes: 6 << 20) }
    }

    @Test(arguments: [
        ("", nil), ("  ", 1), ("<a>", 1), ("<a></b>", 1), ("<a>\n&nbsp;</a>", 2), ("<p:a/>", 1),
        ("<a b='1' b='2'/>", 1), ("text", 1),
        ("{\"json\": true}", 1), ("<a/><b/>", 1), ("<a>\u{1}</a>", 1), ("<html><br></html>", 1),
    ])
    func whatIsNotWellFormedIsToldWithItsLine(text: String, line: Int?) {
        let error = #expect(throws: XMLError.self) { try read(text) }
        #expect(error?.kind == .malformed)
        #expect(error?.line == line)
    }

    @Test func encodingsAreKept() throws {
        func text(_ bytes: [UInt8], _ encoding: String? = nil) throws -> String {
            try XMLDocument(parsing: bytes, encoding: encoding).root.text
        }
        let latin = Array("<?xml version='1.0' encoding='ISO-8859-1'?><a>".utf8) + [0xFC] + Array("</a>".utf8)
        #expect(try text(latin) == "ü")
        #expect(try text(Array("<a>".utf8) + [0xFC] + Array("</a>".utf8), "iso-8859-1") == "ü")
        let wide: [UInt8] = [0xFF, 0xFE] + Array("<a>ü</a>".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(try text(wide) == "ü")
        #expect(throws: XMLError.self) { try text(Array("<a>".utf8) + [0xFC] + Array("</a>".utf8)) }
        #expect(throws: XMLError.self) { try text(Array("<a/>".utf8), "klingon") }
        #expect(throws: XMLError.self) { try text(Array("<?xml version='1.0' encoding='klingon'?><a/>".utf8)) }
    }
}
