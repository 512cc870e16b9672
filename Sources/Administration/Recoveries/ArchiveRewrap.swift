// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import Recoveries

/// What came of encrypting the archive for other agents.
public struct ArchiveRewrap: Sendable {
    /// Names of the new agents.
    public let agents: [String]
    public let archived: Int
    public let isDryRun: Bool
    public internal(set) var rewrapped = 0
    /// For exactly these agents already.
    public internal(set) var unchanged = 0
    public internal(set) var failures: [KeyDrill.Failure] = []
    /// Agents of the configuration that are none of the new ones, and how many entries each opens still: with 0 it can be removed.
    public internal(set) var formerlyReadable: [(name: String, entries: Int)] = []

    init(agents: [String], archived: Int, isDryRun: Bool) {
        (self.agents, self.archived, self.isDryRun) = (agents, archived, isDryRun)
    }

    var done: Int { rewrapped + unchanged + failures.count }

    /// Whether every entry is for the new agents now.
    public var isComplete: Bool { failures.isEmpty && (isDryRun || unchanged + rewrapped >= archived) }

    /// As programs see it.
    public var json: JSONValue {
        [
            "agents": JSONValue(agents), "archived": JSONValue(archived), "rewrapped": JSONValue(rewrapped),
            "unchanged": JSONValue(unchanged), "dryRun": .bool(isDryRun), "complete": .bool(isComplete),
            "failures": .array(
                failures.prefix(KeyDrill.mostFailures).map {
                    [
                        "serialNumber": .string($0.serialNumber), "userPrincipalName": .string($0.subscriber),
                        "reason": .string($0.reason),
                    ]
                }),
            "readableByFormer": .array(
                formerlyReadable.map { ["name": .string($0.name), "entries": JSONValue($0.entries)] }),
        ]
    }
}
