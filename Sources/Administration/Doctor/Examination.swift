// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// What was found when the gateway looked at everything it depends on, in the order of looking.
public struct Examination: Sendable {
    public enum Verdict: String, Sendable, Comparable, CaseIterable {
        case ok, warning, failed
        private var rank: Int { self == .ok ? 0 : self == .warning ? 1 : 2 }
        public static func < (left: Verdict, right: Verdict) -> Bool { left.rank < right.rank }
    }

    public struct Finding: Sendable, Equatable {
        public let subject: String
        public let verdict: Verdict
        /// One sentence: what was found, and for anything but `ok` what to do.
        public let text: String
        /// Whether everything was there to do the work, and some of it is not done: what ends a pass with exit status 4.
        public let isStandstill: Bool

        /// What became of the check, for people: what stands still has not failed.
        public var word: String { isStandstill ? "stands still" : verdict.rawValue }

        public init(_ subject: String, _ verdict: Verdict, _ text: String, isStandstill: Bool = false) {
            self.subject = subject
            self.verdict = verdict
            self.text = text
            self.isStandstill = isStandstill
        }
    }

    public private(set) var findings: [Finding] = []

    public init() {}

    /// Whether something that the gateway depends on is not as it should be.
    public var hasFailed: Bool { findings.contains { $0.verdict == .failed && !$0.isStandstill } }
    /// Whether orders, people or a plan do not move on.
    public var standsStill: Bool { findings.contains(where: \.isStandstill) }

    public mutating func note(_ subject: String, _ verdict: Verdict, _ text: String) {
        findings.append(Finding(subject, verdict, text))
    }

    /// Notes what does not move on, one sentence for each cause.
    mutating func noteStandstill(_ subject: String, _ sentences: [String]) {
        findings += sentences.map { Finding(subject, .failed, $0, isStandstill: true) }
    }

    /// Notes what `body` says, or the error it throws as a failure.
    mutating func check(_ subject: String, _ body: () async throws -> String) async {
        do {
            note(subject, .ok, try await body())
        } catch {
            note(subject, .failed, "\(error)")
        }
    }

    public var json: JSONValue {
        .array(
            findings.map { finding in
                [
                    "subject": .string(finding.subject), "verdict": .string(finding.verdict.rawValue),
                    "text": .string(finding.text),
                ]
            })
    }
}
