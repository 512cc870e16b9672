// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// `Scripts/interface` on a small library with planted changes: what lays out memory asks for a new version, nothing else does.
@Suite("The version of the connector interface", .timeLimit(.minutes(5)))
struct InterfaceDigestTests {
    private static let source = #"""
        /// An order.
        public struct Order: Sendable {
            // What the CA calls it: { "id": 1 }
            public var name: String
            private let count = 0
            private var details: Details
            public var title: String { "order \(name.isEmpty ? "{" : name)" }

            public static let known = ["a", "b"]

            public init(name: String, details: Int = 3) {
                self.name = name
                self.details = Details(level: details)
            }
        }

        /// Nobody outside sees it, and an order holds one.
        struct Details: Sendable {
            let level: Int
            var isOpen = true
        }

        /// Nothing public holds one.
        struct Passing { let text: String }

        public enum Answer: String, Sendable {
            case issued = "issued"
            case pending
        }

        public enum Result {
            case found(Order, since: Int?)
            case absent
        }

        public protocol Connector: Sendable {
            var answer: Answer { get }
            func poll(_ order: Order) async throws -> Answer
            associatedtype Session
        }

        extension Connector {
            public func twice(_ order: Order) async throws -> Answer {
                _ = try await poll(order)
                return try await poll(order)
            }
        }

        public final class Limiter: @unchecked Sendable {
            private var left: Int {
                didSet { assert(left >= 0) }
            }
            private lazy var names = ["}"]
            public init(left: Int) { self.left = left }
        }
        """#

    /// What becomes what, and the type that is named.
    private static let layouts: [(find: String, put: String, type: String)] = [
        ("public var name: String\n", "public var name: String\n    public var note: String?\n", "Order"),
        ("private var details: Details\n", "", "Order"),
        ("private let count = 0", "private let count = \"0\"", "Order"),
        (
            "private let count = 0\n    private var details: Details",
            "private var details: Details\n    private let count = 0", "Order"
        ),
        ("let level: Int\n", "let level: Int8\n", "Details"),
        ("var isOpen = true", "var isOpen: Bool?", "Details"),
        ("case pending", "case held\n    case pending", "Answer"),
        ("case issued = \"issued\"\n    case pending", "case pending\n    case issued", "Answer"),
        ("since: Int?", "since: Int", "Result"),
        ("case absent", "indirect case absent", "Result"),
        ("var answer: Answer { get }", "var answer: Answer { get set }", "Connector"),
        (
            "-> Answer\n    associatedtype", "-> Answer\n    func cancel(_ order: Order) async\n    associatedtype",
            "Connector"
        ),
        ("    associatedtype Session\n", "", "Connector"),
        ("public protocol Connector: Sendable", "public protocol Connector: Sendable, Hashable", "Connector"),
        ("public func twice(", "public func again(", "Connector"),
        ("public final class Limiter", "public class Limiter", "Limiter"),
        ("lazy var names = [\"}\"]", "lazy var names: [String]? = [\"}\"]", "Limiter"),
        ("private var left: Int {\n        didSet { assert(left >= 0) }\n    }\n", "", "Limiter"),
    ]

    private static let others: [(find: String, put: String)] = [
        ("/// An order.", "/// Ordered { once.\n/* and \" more */"), ("{ \"id\": 1 }", "}}"),
        ("\"order \\(name.isEmpty ? \"{\" : name)\"", "name"), ("self.name = name\n", ""),
        ("private let count = 0", "private let count = 7"), ("var isOpen = true", "var isOpen = false"),
        ("details: Int = 3", "details: Int = [4, 5].max()!"), ("[\"a\", \"b\"]", "[\"a\", \"b\", \"c\"]"),
        ("struct Passing { let text: String }", "struct Passing { let text: Int; var more = 1 }"),
        ("case issued = \"issued\"", "case issued = \"done\""),
        (
            "_ = try await poll(order)",
            "let other = try await poll(order)\n        if other == .issued { return other }"
        ),
        ("didSet { assert(left >= 0) }", "didSet { assert(left >= 0, \"too many {\") }"),
        ("[\"}\"]", "[\"}\", \"{\"]"),
        ("public var title: String {", "private var hidden: Int { 3 }\n    public var title: String {"),
        ("private let count = 0", "internal  let count\n        = 0"),
    ]

    private static let header = "Sources/ConnectorKit/CConnectorModule/include/CConnectorModule.h"
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        for part in ["Scripts", "Sources/ConnectorKit/CConnectorModule/include"] {
            try FileManager.default.createDirectory(atPath: folder.path(part), withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(
            atPath: root.appending(path: "Scripts/interface").path, toPath: folder.path("Scripts/interface"))
        try folder.write("#define CERTWAY_CONNECTOR_INTERFACE_VERSION 9\n", to: Self.header)
    }

    /// A library with a room for each source.
    private func write(_ sources: [String]) throws {
        let rooms = sources.indices.map { "\"Room\($0)\"" }.joined(separator: ", ")
        try folder.write(
            "products: [.library(name: \"ConnectorKit\", type: .dynamic,\n targets: [\(rooms)])]",
            to: "Sources/ConnectorKit/Package.swift")
        for (index, source) in sources.enumerated() {
            try FileManager.default.createDirectory(
                atPath: folder.path("Sources/ConnectorKit/Room\(index)"), withIntermediateDirectories: true)
            try folder.write(source, to: "Sources/ConnectorKit/Room\(index)/Contract.swift")
        }
    }

    private func interface(_ arguments: String...) async throws -> Run {
        try await Run.tool(folder.path("Scripts/interface"), arguments)
    }

    /// The answer to sources of which each has one change since the last raise.
    private func check(_ changes: [(find: String, put: String)]) async throws -> Run {
        try write(Array(repeating: Self.source, count: changes.count))
        let raised = try await interface("--raise")
        try #require(raised.status == 0, "\(raised.errors)")
        #expect(try await interface().status == 0)
        let changed = changes.map { Self.source.replacing($0.find, with: $0.put) }
        for (change, source) in zip(changes, changed) {
            try #require(source != Self.source, "the place is gone: \(change.find)")
        }
        try write(changed)
        return try await interface()
    }

    @Test("what lays out memory asks for a new version")
    func laysOut() async throws {
        let run = try await check(Self.layouts.map { ($0.find, $0.put) })
        #expect(run.status == 1)
        #expect(run.errors.contains("Scripts/interface --raise"), "\(run.errors)")
        let named = Set(run.errors.split { " ,:\n".contains($0) }.map(String.init))
        for (index, change) in Self.layouts.enumerated() {
            #expect(named.contains("Room\(index).\(change.type)"), "\(change.find) → \(change.put)")
        }
        #expect(try await interface("--raise").status == 0)
        #expect(try await interface().status == 0)
        #expect(try String(contentsOfFile: folder.path(Self.header), encoding: .utf8).hasSuffix(" 10\n"))
    }

    @Test("comments, bodies, defaults and what no module meets do not")
    func doesNot() async throws {
        let run = try await check(Self.others)
        #expect(run.status == 0, "\(run.errors); by room: \(Self.others)")
    }

    @Test("a header raised by hand, and a file that cannot be read, are told")
    func header() async throws {
        try write([Self.source])
        #expect(try await interface().status == 1)
        #expect(try await interface("--raise").status == 0)
        try folder.write("#define CERTWAY_CONNECTOR_INTERFACE_VERSION 12\n", to: Self.header)
        #expect(try await interface().errors.contains("CConnectorModule.h says 12, Interface.txt 9"))
        #expect(try await interface("--raise").output == "interface version 12\n")
        try write(["public struct Open {"])
        #expect(try await interface().errors.contains("Contract.swift cannot be read"))
    }
}
