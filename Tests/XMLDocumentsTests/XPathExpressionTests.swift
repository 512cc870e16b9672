// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing
import XMLDocuments

@Suite struct XPathExpressionTests {
    private let root: XMLElement
    private let names = ["t": "urn:t"]

    init() throws {
        let text = """
            <x:a xmlns:x="urn:t"><x:b n="1">one</x:b><x:b n="2"> two </x:b><c>3</c><x:d><x:b n="4"/></x:d></x:a>
            """
        root = try XMLDocument(parsing: text.utf8).root
    }

    @Test func prefixesAreThoseOfTheExpression() throws {
        #expect(try XPathExpression("/t:a/t:b", namespaces: names).string(in: root) == "one")
        #expect(try XPathExpression("t:b", namespaces: names).strings(in: root) == ["one", " two "])
        #expect(try XPathExpression("//t:b/@n", namespaces: names).strings(in: root) == ["1", "2", "4"])
        #expect(try XPathExpression("x:b", namespaces: ["x": "urn:other"]).strings(in: root) == [])
        #expect(try XPathExpression("*[local-name()='d']/*").elements(in: root).map(\.name) == ["b"])
    }

    @Test func resultsOfOtherTypes() throws {
        #expect(try XPathExpression("count(//t:b)", namespaces: names).number(in: root) == 3)
        #expect(try XPathExpression("number(c)").number(in: root) == 3)
        #expect(try XPathExpression("number(/*/*[1])").number(in: root) == nil)
        #expect(try XPathExpression("c = 3").bool(in: root))
        #expect(try !XPathExpression("nothing").bool(in: root))
        #expect(try XPathExpression("'fixed'").strings(in: root) == ["fixed"])
        #expect(try XPathExpression("normalize-space(t:b[2])", namespaces: names).string(in: root) == "two")
        #expect(try XPathExpression("nothing").string(in: root) == "")
        guard case .nodes(let nodes) = try XPathExpression("c | t:b[1]/@n", namespaces: names).value(in: root) else {
            return #expect(Bool(false), "nodes were expected")
        }
        #expect(nodes.map(\.text) == ["1", "3"])
        guard case .text("3") = try XPathExpression("string(c)").value(in: root),
            case .number(3) = try XPathExpression("count(//*[local-name()='b'])").value(in: root),
            case .truth(false) = try XPathExpression("c = 4").value(in: root)
        else { return #expect(Bool(false), "text, a number and a truth were expected") }
    }

    @Test func pathsAreRelativeToTheElement() throws {
        let inner = try #require(try XPathExpression("t:d", namespaces: names).elements(in: root).first)
        #expect(try XPathExpression("t:b/@n", namespaces: names).string(in: inner) == "4")
        #expect(try XPathExpression("/t:a/c", namespaces: names).string(in: inner) == "3")
    }

    @Test(arguments: ["", "//", "a[", "unknown:a", "frob()", "a b", "/a/unknown:b", "1 div", "$v"])
    func whatIsNotXPathIsTold(source: String) {
        let error = #expect(throws: XMLError.self) { try XPathExpression(source) }
        #expect(error?.kind == .expression)
    }

    @Test func anExpressionThatTakesTooLongIsStopped() throws {
        let text = "<a>" + String(repeating: "<b/>", count: 20_000) + "</a>"
        let root = try XMLDocument(parsing: text.utf8).root
        let slow = try XPathExpression("count(//b[count(preceding::b) > count(following::b)])")
        #expect(throws: XMLError.self) { try slow.number(in: root) }
    }

    @Test func oneExpressionServesManyThreads() async throws {
        let expression = try XPathExpression("string(//t:b[@n = $n])".replacing("$n", with: "2"), namespaces: names)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<64 { group.addTask { [root] in try expression.string(in: root) } }
            for try await text in group { #expect(text == " two ") }
        }
    }
}
