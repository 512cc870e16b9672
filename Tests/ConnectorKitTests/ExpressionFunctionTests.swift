// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing
import YAMLDocuments

@testable import Expressions

@Suite struct ExpressionFunctionTests {
    private func evaluate(_ program: String, _ input: JSONValue) throws -> JSONValue {
        let library = ExpressionLibrary()
        let node = try YAMLNode.parse("x", file: "x.yaml")
        let collector = DiagnosticCollector()
        let made = library.add(program, node: node, keyPath: "x", collector: collector)
        try collector.check()
        return try #require(made).evaluate(input)
    }

    /// The examples of RFC 4514 §4, and what begins and ends with something that has a meaning.
    @Test(arguments: [
        ("James \"Jim\" Smith, III", #"James \"Jim\" Smith\, III"#), ("Ada", "Ada"), ("", ""), ("a=b", #"a\=b"#),
        ("A,B+C=D;E<F>#G,CN=admin", #"A\,B\+C\=D\;E\<F\>#G\,CN\=admin"#), (#"D \"#, #"D \\"#), (#"a\,b"#, #"a\\\,b"#),
        ("#x", ##"\#x"##), ("#", ##"\#"##), (" ", #"\ "#), ("  ", #"\ \ "#), (" x ", #"\ x\ "#), ("a ", #"a\ "#),
        (#"a\ "#, #"a\\\ "#), ("Zoë 李", "Zoë 李"), ("a\nb", "a\nb"),
    ])
    func valuesOfDistinguishedNames(_ text: String, _ escaped: String) throws {
        #expect(try evaluate("rfc4514", .string(text)) == .string(escaped))
    }

    @Test(arguments: [
        ("a,b", #"a\,b"#), (#"a\,upn=ceo"#, #"a\\\,upn=ceo"#), (#"a\"#, #"a\\"#), ("a;b", "a;b"), ("", ""),
    ])
    func valuesBetweenDelimiters(_ text: String, _ escaped: String) throws {
        #expect(try evaluate("escape(\",\")", .string(text)) == .string(escaped))
    }

    /// A profile's own definition of the name counts, and what is no text is an error rather than something made up.
    @Test func theyAreOrdinaryFunctions() throws {
        #expect(try evaluate("def escape(x): x; escape(5)", nil) == 5)
        #expect(throws: ExpressionError.self) { try evaluate("rfc4514", nil) }
        #expect(throws: ExpressionError.self) { try evaluate("escape(\",\")", 5) }
    }
}
