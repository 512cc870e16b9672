// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// Whether issuing works, and what stands in the way.
public struct Readiness: Sendable {
    public enum State: String, Sendable {
        /// Every enabled template can be issued.
        case ready
        /// Some of them cannot.
        case degraded
        /// None can.
        case notReady
    }

    /// One thing that keeps certificates from being issued.
    public struct Cause: Sendable, Hashable {
        /// What kind of thing, for programs.
        public enum Code: String, Sendable, CaseIterable {
            case starting, stopping, database, configuration, directory, planning, sealingKey, clock, appliedFiles,
                olderCopy
            case auditTrail, backendCA, keyRecovery
        }

        public let code: Code
        /// The backend CA, where it is about one.
        public let subject: String?
        /// One sentence with the next step.
        public let sentence: String
        /// The templates that it keeps from being issued; empty for all.
        public let templates: [String]

        public init(_ code: Code, _ sentence: String, subject: String? = nil, templates: [String] = []) {
            (self.code, self.sentence, self.subject, self.templates) = (code, sentence, subject, templates)
        }
    }

    public let causes: [Cause]
    /// The enabled templates by name, and whether each can be issued.
    public let templates: [String: Bool]
    public let at: Date

    public init(_ causes: [Cause], templates: [String], at: Date) {
        self.causes = causes
        self.at = at
        let isStopped = causes.contains { $0.templates.isEmpty }
        let stopped = Set(causes.flatMap(\.templates))
        self.templates = Dictionary(uniqueKeysWithValues: templates.map { ($0, !isStopped && !stopped.contains($0)) })
    }

    /// What keeps certificates of a backend CA from being issued, with the next step; nil for nothing.
    public func sentence(about backendCA: String) -> String? { causes.first { $0.subject == backendCA }?.sentence }

    /// The same for those of a template.
    public func sentence(aboutTemplate name: String) -> String? {
        causes.first { $0.templates.isEmpty || $0.templates.contains(name) }?.sentence
    }

    public var state: State {
        if causes.contains(where: \.templates.isEmpty) || (!templates.isEmpty && !templates.values.contains(true)) {
            return .notReady
        }
        return causes.isEmpty ? .ready : .degraded
    }

    /// - Parameter isPublic: for anybody: without the sentences, which quote CAs and name orders.
    public func json(isPublic: Bool = false) -> JSONValue {
        let causes: [JSONValue] = causes.map { cause in
            var value: [String: JSONValue] = [
                "code": .string(cause.code.rawValue), "templates": JSONValue(cause.templates),
            ]
            value["subject"] = cause.subject.map { .string($0) }
            if !isPublic { value["sentence"] = .string(cause.sentence) }
            return .object(value)
        }
        return [
            "state": .string(state.rawValue), "ready": JSONValue(state != .notReady), "causes": .array(causes),
            "templates": .array(
                templates.sorted { $0.key < $1.key }.map {
                    ["name": .string($0.key), "ready": JSONValue($0.value)]
                }),
            "at": .string(at.formatted(.iso8601)),
        ]
    }
}
