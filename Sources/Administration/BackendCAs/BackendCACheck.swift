// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import YAMLDocuments

/// What asking one backend CA has shown.
public struct BackendCACheck: Sendable {
    public struct Problem: Error, Sendable {
        public let sentence: String
    }

    public let name: String
    /// Who we are there, or why the CA cannot be used.
    public let result: Result<AccountReport, Problem>
    /// Whether the accepted roots are those of this CA, and for how long.
    public let roots: [Examination.Finding]
    /// What is wrong with its configuration, and with the templates that order from it.
    public internal(set) var configuration: [Diagnostic] = []

    /// CA certificates by which it issues that nobody has confirmed, one sentence each.
    public internal(set) var newIssuers: [String] = []

    /// Whether orders can be placed, and what comes back would be accepted.
    public var isGood: Bool {
        guard case .success = result else { return false }
        return configuration.isEmpty && !roots.contains { $0.verdict == .failed }
    }

    public var json: JSONValue {
        var value: [String: JSONValue] = [
            "name": .string(name), "ok": JSONValue(isGood),
            "roots": .array(
                roots.map { ["verdict": .string($0.verdict.rawValue), "text": .string($0.text)] }),
            "newIssuers": JSONValue(newIssuers),
            "configuration": JSONValue(configuration.map(\.description)),
        ]
        switch result {
        case .success(let report):
            value["account"] = .string(report.account)
            value["facts"] = JSONValue(report.facts.map { "\($0.name) \($0.value)" })
            value["warnings"] = JSONValue(report.warnings)
        case .failure(let problem): value["error"] = .string(problem.sentence)
        }
        return .object(value)
    }
}
