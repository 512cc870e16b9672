// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// What came of opening a part of the archive to see whether it opens. No key was handed out.
public struct KeyDrill: Sendable, Hashable {
    /// An entry that did not open, or not to the key of its certificate.
    public struct Failure: Sendable, Hashable {
        public let serialNumber: String
        public let subscriber: String
        /// One sentence.
        public let reason: String

        public init(serialNumber: String, subscriber: String, reason: String) {
            (self.serialNumber, self.subscriber, self.reason) = (serialNumber, subscriber, reason)
        }
    }

    /// Failures that a record lists; all are counted.
    public static let mostFailures = 100

    public var id: Int64 = 0
    public var at = Date(timeIntervalSince1970: 0)
    public var actor: String
    /// Name of the agent whose key was used.
    public var agent: String
    public var agentFingerprint: String
    /// How many keys the archive had.
    public var archived: Int
    public var sampled: Int
    public var opened: Int
    public var failures: [Failure]

    public init(
        actor: String, agent: String, agentFingerprint: String, archived: Int, sampled: Int, opened: Int,
        failures: [Failure]
    ) {
        (self.actor, self.agent, self.agentFingerprint) = (actor, agent, agentFingerprint)
        (self.archived, self.sampled, self.opened, self.failures) = (archived, sampled, opened, failures)
    }

    /// Whether everything that was tried has opened.
    public var isGood: Bool { opened == sampled }

    /// As programs see it.
    public var json: JSONValue {
        [
            "at": .string(at.ISO8601Format()), "by": .string(actor), "agent": .string(agent),
            "agentFingerprint": .string(agentFingerprint), "archived": JSONValue(archived),
            "sampled": JSONValue(sampled), "opened": JSONValue(opened), "good": .bool(isGood),
            "failures": .array(
                failures.map {
                    [
                        "serialNumber": .string($0.serialNumber), "userPrincipalName": .string($0.subscriber),
                        "reason": .string($0.reason),
                    ]
                }),
        ]
    }
}
