// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import JSONDocuments
import TestSupport

/// A running `certway-sandbox`, stopped with its last owner.
final class SandboxProcess: Sendable {
    private static let client = CurlHTTPClient()

    private let process: ChildProcess
    /// What the sandbox printed once ready.
    let description: JSONValue

    init(_ arguments: [String]) async throws {
        process = try await ChildProcess(
            BuiltPrograms.path("certway-sandbox"), ["serve", "--unlimited", "--exit-with-parent"] + arguments,
            output: .pipe)
        description = try JSONValue(parsing: try await process.line())
    }

    var identifier: Int32 { process.identifier }

    func text(_ path: String...) -> String {
        path.reduce(Optional(description)) { $0?[$1] }?.string ?? ""
    }

    /// Asks the control API.
    @discardableResult
    func control(_ path: String, method: String = "GET", body: String? = nil) async throws -> JSONValue {
        let answer = try await Self.client.send(
            HTTPRequest(
                method: method, url: text("control") + path,
                headers: body == nil ? [] : [("Content-Type", "application/json")], body: body.map { Array($0.utf8) },
                // All that a CA has, with the certificates of thousands of people.
                timeout: .seconds(600), maximumResponseSize: 512 << 20))
        guard answer.isSuccess else { throw Refusal(description: "\(method) \(path): \(answer.status) \(answer.text)") }
        return try JSONValue(parsing: answer.body)
    }

    /// The next `count` calls of the operation meet a fault (docs/sandbox.md).
    func order(_ fault: String, of operation: String, count: Int = 1, _ more: [String: JSONValue] = [:]) async throws {
        let body: JSONValue = ["operation": .string(operation), "fault": .string(fault), "count": JSONValue(count)]
        try await control(
            "/control/faults", method: "POST",
            body: JSONValue.object((body.object ?? [:]).merging(more) { $1 }).text)
    }

    /// Lets time go by for tenant and CAs.
    func advance(seconds: Int) async throws {
        try await control("/control/clock", method: "POST", body: "{\"advance\": \(seconds)}")
    }

    /// Changes switches of a CA (docs/sandbox.md).
    func set(_ connector: String, _ switches: JSONValue) async throws {
        try await control("/control/cas/\(connector)", method: "POST", body: switches.text)
    }

    /// The orders that a CA really holds.
    func orders(_ connector: String) async throws -> [JSONValue] {
        try await control("/control/cas/\(connector)")["orders"]?.array ?? []
    }

    /// How often operations with that beginning were called so far.
    func calls(_ prefix: String) async throws -> Int {
        let counts = try await control("/control/state")["requests"]?.object ?? [:]
        return counts.filter { $0.key.hasPrefix(prefix) }.reduce(0) { $0 + ($1.value.int ?? 0) }
    }

    /// What the control API refused, in its words.
    struct Refusal: Error, CustomStringConvertible { let description: String }
}
