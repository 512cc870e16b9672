// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Drift
public import Foundation
public import JSONDocuments

/// What differed between ledger and world at one time, and what of the world was not compared.
public struct DriftReport: Sendable {
    /// A part of the world that was, or was not, looked at.
    public struct Place: Sendable, Hashable {
        public let source: DriftSource
        /// Such as the name of a backend CA or directory; empty where the source is one.
        public let name: String
        /// Why it was not compared; nil where it was.
        public let reason: String?
        /// Whether it could be compared at all: no fault where a CA has no list, or a section is not configured.
        public var isPossible = true
        /// What of it could not be read although the rest was, one sentence each.
        public var gaps: [String] = []
    }

    public let readAt: Date
    public let places: [Place]
    /// The gravest first.
    public let findings: [DriftFinding]

    /// Whether everything that was asked for and can be compared was, to the last part.
    public var isWhole: Bool { places.allSatisfy { !$0.isPossible || $0.reason == nil && $0.gaps.isEmpty } }

    /// How many of each kind there are, the gravest first.
    public var counts: [KindCount] {
        let found = Dictionary(grouping: findings, by: \.kind)
        return DriftRule.table.compactMap { rule in
            found[rule.kind].map { own in
                KindCount(rule: rule, count: own.count, waits: own.compactMap(\.waits))
            }
        }.sorted { ($0.rule.severity, $1.count) < ($1.rule.severity, $0.count) }
    }

    /// How many there are of a kind.
    public struct KindCount: Sendable {
        public let rule: DriftRule
        public let count: Int
        /// Why nothing is to be mended of some of them.
        let waits: [String]

        /// Those of them of which nothing is to be mended.
        public var waiting: Int { waits.count }
        /// What mends them, whosever they are; where nothing is to be mended, why that is so of one of them.
        public var remedy: String { repair == .wait ? waits[0] : rule.remedy }
        /// What mends the others.
        public var repair: DriftRepair { waiting == count ? .wait : rule.repair }
    }

    /// The gravest that was found; nil for nothing.
    public var gravest: DriftSeverity? { findings.map(\.rule.severity).min() }

    init(readAt: Date, places: [Place], findings: [DriftFinding]) {
        (self.readAt, self.places) = (readAt, places)
        self.findings = findings.sorted {
            ($0.rule.severity, $0.kind.rawValue, $0.userPrincipalName ?? "", $0.subject)
                < ($1.rule.severity, $1.kind.rawValue, $1.userPrincipalName ?? "", $1.subject)
        }
    }

    /// As programs see it.
    ///
    /// - Parameter most: findings at most; the numbers are of all.
    public func json(most: Int = .max) -> JSONValue {
        [
            "readAt": .string(readAt.ISO8601Format()), "whole": .bool(isWhole), "total": JSONValue(findings.count),
            "places": .array(places.map(\.json)),
            "kinds": .array(
                counts.map { one in
                    [
                        "kind": .string(one.rule.kind.rawValue), "severity": .string(one.rule.severity.rawValue),
                        "sentence": .string(one.rule.sentence), "count": JSONValue(one.count),
                        "waiting": JSONValue(one.waiting), "repair": .string(one.repair.rawValue),
                        "remedy": .string(one.remedy),
                    ]
                }), "findings": .array(findings.prefix(most).map(\.json)),
        ]
    }
}

extension DriftReport.Place {
    public var json: JSONValue {
        [
            "source": .string(source.rawValue), "title": .string(source.title), "name": .string(name),
            "compared": .bool(reason == nil), "possible": .bool(isPossible), "reason": JSONValue(reason),
            "gaps": JSONValue(gaps),
        ]
    }
}
