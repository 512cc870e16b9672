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

    /// Only another whole reference is a "no": what is empty, cut or garbled may have been ours.
    @Test(
        arguments: [
            (JSONValue.string(ours), true), (.string(ours.uppercased()), true),
            (.string("renewal: \(ours), by hand"), true),
            (.string("\(ours)-1"), true), (.string("\(other) \(ours)"), true), (.string("order_\(ours)"), true),
            (.string(other), false), (.string("renewal of \(other)."), false), ("cwt-kit-first1a2b", false),
            (.string("\(other)-and-more"), false), ("", nil), (" ", nil), ("-", nil), ("undefined", nil), ("null", nil),
            ("PO 4711", nil), (.null, nil), (5, nil), ([.string(other)], nil), ("cw-", nil),
            (.string(String(ours.prefix(10))), nil),
            (.string(String(ours.prefix(20))), nil), (.string(String(other.prefix(20))), nil),
            (.string(ours.replacing("m", with: "?")), nil), (.string(ours.replacing("m", with: "7")), nil),
            (.string(String(ours.prefix(12)) + "zzzzzzzzzzzzz"), nil), (.string("\(ours)x"), nil),
        ] as [(JSONValue, Bool?)])
    func whoseATextIs(_ text: JSONValue, _ expected: Bool?) throws {
        let told = try evaluate("same_reference(\"\(Self.ours)\")", text)
        #expect(told == (expected.map { .bool($0) } ?? .null), "\(text.text)")
    }

    private static let ours = "cw-abcdefghijklmnopqrst"
    private static let other = "cw-zyxwvutsrqponm765432"

    /// 1,795,737,600 is midnight of 2026-11-27. What is no such date is not older, whatever its letters say.
    @Test(
        arguments: [
            ("2026-11-26", true), ("2026-11-26T23:59:59+00:00", true), ("2001-01-01 00:00", true), ("2026-11-27", nil),
            ("2026-11-28T00:00:00Z", nil), ("", nil), ("0000-00-00 00:00:00", nil), ("1970-01-01", nil),
            ("11/26/2026", nil),
            ("1795700000", nil), ("2026-1-1", nil), ("2026-13-01", nil), ("20261126", nil), ("2026-11-266", nil),
            (nil, nil),
        ] as [(String?, Bool?)])
    func onlyADateIsOlder(text: String?, isOlder: Bool?) throws {
        let told = try evaluate("older_than(1795737600)", JSONValue(text))
        #expect(told == (isOlder.map { .bool($0) } ?? .null), "\(text ?? "null")")
    }

    /// Whole addresses only: a list of somebody whose address ends like ours is somebody else's.
    @Test(
        arguments: [
            ("ada@example.org", true), ("ADA@Example.ORG", true),
            ("RFC822Name=grace@example.org, RFC822Name=ada@example.org", true),
            ("CN=Ada, E=ada@example.org", true), ("rfc822name:ada@example.org", true), ("<ada@example.org>", true),
            ("rada@example.org", false), ("ada@example.org.example", false), ("E=rada@example.org", false),
            ("grace@example.org", false), ("CN=Ada", nil), ("", nil), (nil, nil),
        ] as [(String?, Bool?)])
    func whoseAnAddressIs(text: String?, expected: Bool?) throws {
        let told = try evaluate("same_address(\"ada@example.org\")", JSONValue(text))
        #expect(told == (expected.map { .bool($0) } ?? .null), "\(text ?? "null")")
        #expect(try evaluate("same_address(null)", JSONValue(text)) == .null)
    }

    /// What the reference shows can be typed as it stands: each usage gives a value for a text, or for the object that it names.
    @Test(arguments: ExpressionFunction.all.map(\.usage)) func aUsageWorks(_ usage: String) throws {
        let request: JSONValue = [
            "reference": .string(Self.ours), "names": ["emails": ["ada@example.org"]], "submittedAt": 1_795_737_600,
        ]
        let answer: JSONValue = ["note": .string(Self.ours), "subject": "E=ada@example.org", "date": "2026-11-01"]
        let isWhole = usage.contains(".request")
        let told = try evaluate(usage, isWhole ? ["request": request, "json": answer] : "a,b")
        #expect(told == (isWhole ? true : "a\\,b"), "\(usage)")
    }

    /// A profile's own definition of the name counts, and what is no text is an error rather than something made up.
    @Test func theyAreOrdinaryFunctions() throws {
        #expect(try evaluate("def escape(x): x; escape(5)", nil) == 5)
        #expect(throws: ExpressionError.self) { try evaluate("rfc4514", nil) }
        #expect(throws: ExpressionError.self) { try evaluate("escape(\",\")", 5) }
    }
}
