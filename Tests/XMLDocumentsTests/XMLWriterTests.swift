// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing
import XMLDocuments

@Suite struct XMLWriterTests {
    @Test func valuesArriveUnchanged() throws {
        for value in ["<&>\"'", "]]>", "äöü ß € 😀", " blanks  and\ttabs ", "a\r\nb", "<!-- x -->", "", "&amp;"] {
            let writer = XMLWriter()
            writer.element("a", ["v": value], text: value)
            let root = try XMLDocument(parsing: writer.finish()).root
            #expect(root.text == value)
            #expect(root.attribute("v") == value)
        }
    }

    @Test func elementsNestAndAreIndented() throws {
        let writer = XMLWriter(indentation: 2)
        writer.element("suite", ["tests": "1"]) { writer in
            writer.element("case", ["name": "a"]) { $0.element("skipped") }
        }
        #expect(
            String(decoding: try writer.finish(), as: UTF8.self) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <suite tests="1">
                  <case name="a">
                    <skipped/>
                  </case>
                </suite>

                """)
    }

    @Test func namespacesAreDeclaredWhereSaid() throws {
        let writer = XMLWriter(hasDeclaration: false)
        writer.element("e:Envelope", namespaces: ["e": "urn:e", "": "urn:d"]) { $0.element("inner") }
        let root = try XMLDocument(parsing: writer.finish()).root
        #expect(root.isNamed("Envelope", "urn:e"))
        #expect(root.elements[0].isNamed("inner", "urn:d"))
    }

    @Test func whatXMLCannotCarryIsRefusedOrReplaced() throws {
        for (name, text) in [("a", "x\u{0}y"), ("a", "\u{1B}[0m"), ("a b", ""), ("<", ""), ("a", "\u{FFFE}")] {
            let writer = XMLWriter()
            writer.element(name, text: text)
            let error = #expect(throws: XMLError.self) { try writer.finish() }
            #expect(error?.kind == .unwritable)
        }
        let writer = XMLWriter(forbidden: .replaced)
        writer.element("a", text: "x\u{0}y")
        #expect(try XMLDocument(parsing: writer.finish()).root.text == "x\u{FFFD}y")
    }
}
