// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
public import Ledger

/// What the service did last of its recurring work, for whoever asks from outside; kept in the database, since another node may
/// be the one that does it.
public struct JobBook: Sendable {
    /// Recurring work.
    public enum Job: String, Sendable, CaseIterable {
        /// Reads the groups of the templates.
        case directory
        /// Decides what is to be ordered and ended, and places it.
        case plan
        /// Asks CAs and tenant for what they did by themselves.
        case watch
        /// Makes directories hold the certificates in use.
        case publication
        /// Reads how certificates stand on devices.
        case deliveries
        /// Compares ledger and world, where it is configured or asked for.
        case drift

        /// End of a sentence that begins with "the service".
        public var meaning: String {
            switch self {
            case .directory: "reads the groups of the templates"
            case .plan: "decides what is to be ordered and ended, and places it"
            case .watch: "looks at CAs and tenant for what was done there"
            case .publication: "makes directories hold the certificates in use"
            case .deliveries: "reads how certificates stand on devices"
            case .drift: "compares what CAs, Intune, directory and address lists hold with the ledger"
            }
        }
    }

    /// One run.
    public struct Run: Sendable {
        public let job: Job
        public let startedAt: Date
        /// Nil while it runs, or when whoever ran it has died.
        public let endedAt: Date?
        /// When the next one begins; nil where nobody knows.
        public let nextAt: Date?
        /// Why it did not come to its end.
        public let problem: String?
        /// Numbers, such as of people.
        public let facts: [String: Int]

        public var json: JSONValue {
            [
                "name": .string(job.rawValue), "meaning": .string(job.meaning),
                "startedAt": .string(startedAt.ISO8601Format()), "endedAt": JSONValue(endedAt?.ISO8601Format()),
                "nextAt": JSONValue(nextAt?.ISO8601Format()), "problem": JSONValue(problem),
                "tookSeconds": endedAt.map { .number($0.timeIntervalSince(startedAt).rounded()) } ?? .null,
                "facts": .object(facts.mapValues { JSONValue($0) }),
            ]
        }

        init(
            _ job: Job, startedAt: Date, endedAt: Date? = nil, nextAt: Date? = nil, problem: String? = nil,
            facts: [String: Int] = [:]
        ) {
            (self.job, self.startedAt, self.endedAt, self.nextAt) = (job, startedAt, endedAt, nextAt)
            (self.problem, self.facts) = (problem, facts)
        }

        init?(_ job: Job, stored: JSONValue?) {
            func date(_ key: String) -> Date? { stored?[key]?.number.map { Date(timeIntervalSince1970: $0) } }
            guard let startedAt = date("startedAt") else { return nil }
            self.init(
                job, startedAt: startedAt, endedAt: date("endedAt"), nextAt: date("nextAt"),
                problem: stored?["problem"]?.string, facts: (stored?["facts"]?.object ?? [:]).compactMapValues(\.int))
        }

        var stored: JSONValue {
            func number(_ date: Date?) -> JSONValue { date.map { .number($0.timeIntervalSince1970) } ?? .null }
            return [
                "startedAt": number(startedAt), "endedAt": number(endedAt), "nextAt": number(nextAt),
                "problem": JSONValue(problem), "facts": .object(facts.mapValues { JSONValue($0) }),
            ]
        }
    }

    private let ledger: OrderLedger

    public init(_ ledger: OrderLedger) { self.ledger = ledger }

    /// The last run of each kind of work; nil for one that nobody has begun.
    public func runs(of jobs: [Job] = Job.allCases) async throws -> [Job: Run] {
        var runs: [Job: Run] = [:]
        for job in jobs { runs[job] = Run(job, stored: try await ledger.state(Self.name(job))) }
        return runs
    }

    /// Notes that work begins.
    ///
    /// - Returns: its beginning, for `end`.
    func begin(_ job: Job) async -> Date {
        let now = ledger.clock.now()
        await note(Run(job, startedAt: now))
        return now
    }

    func end(
        _ job: Job, begun: Date, next: Duration? = nil, problem: String? = nil, facts: [String: Int] = [:]
    ) async {
        let now = ledger.clock.now()
        let nextAt = next.map { now + Double($0.components.seconds) }
        await note(Run(job, startedAt: begun, endedAt: now, nextAt: nextAt, problem: problem, facts: facts))
    }

    /// Nobody's work stands still because it could not be noted.
    private func note(_ run: Run) async { try? await ledger.setState(Self.name(run.job), run.stored) }

    private static func name(_ job: Job) -> String { "job.\(job.rawValue)" }
}
