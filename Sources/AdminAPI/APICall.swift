// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Administration
public import Foundation
public import Gateway
public import HTTPServing
public import JSONDocuments
import Ledger

/// One request to an operation, looked at: who asks, and what for, as the operation's table says.
public struct APICall: Sendable {
    public let operation: APIOperation
    public let authentication: Authentication?
    let server: APIServer
    public let gateway: Gateway
    public let request: ServerRequest
    /// Held to the operation's schema.
    public let body: JSONValue?
    let pathValues: [String: String]
    let query: [String: [String]]
    /// The version that the caller has seen and that is still the present one; nil where any will do. A change that is made in one
    /// transaction compares it once more.
    var version: String?

    /// Who asks. An operation that everybody may ask for has nobody.
    public var caller: Caller {
        authentication?.caller ?? Caller(name: "anonymous", roles: [], origin: "without signing in")
    }
    public var isDryRun: Bool { flag("dryRun") ?? false }
    /// Does work that goes on behind the answer.
    public var runner: OperationRunner { server.runner }
    /// What was found last of whether issuing works.
    func readiness() async -> Readiness? { await server.readiness?.lately() }
    public var now: Date { gateway.ledger.clock.now() }

    /// The segment of the path under this name.
    public func path(_ name: String) -> String { pathValues[name] ?? "" }
    public func pathNumber(_ name: String) -> Int64 { Int64(path(name)) ?? -1 }
    public func text(_ name: String) -> String? { query[name]?.last }
    public func texts(_ name: String) -> [String] { query[name] ?? [] }
    public func int(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
    public func flag(_ name: String) -> Bool? { text(name).map { $0 == "true" } }
    /// A time, or the beginning of a day in UTC.
    public func moment(_ name: String) -> Date? {
        text(name).flatMap { APITextForm.time.date($0) ?? APITextForm.day.date($0) }
    }
    /// The words given, nil when none is.
    public func words<Word: RawRepresentable & Hashable>(
        _ name: String, as type: Word.Type
    ) -> Set<Word>? where Word.RawValue == String {
        let found = texts(name).compactMap(Word.init)
        return found.isEmpty ? nil : Set(found)
    }
}
