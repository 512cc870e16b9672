// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// What was under way whenever a process was killed, so that nobody mistakes kills before any work for a proof.
struct KillEvidence: CustomStringConvertible {
    private(set) var kills = 0
    /// Kills at which the CA held orders while not everybody was done.
    private(set) var withOrdersAtCA = 0
    /// Kills at which an order stood in that stage, by stage.
    private(set) var stages: [String: Int] = [:]
    /// Certificates that came into use by runs that were killed later, summed over the rounds.
    private(set) var activatedByKilledRuns = 0
    /// Rounds in which runs between kills got everybody done.
    var finishedRounds = 0

    /// Looks at what a killed process left: at the CA by the control API, in the ledger by the engine's own tool.
    mutating func note(_ gateway: GatewayUnderTest, people: Int) async throws {
        kills += 1
        let ordersAtCA = try await gateway.sandbox.orders(gateway.connector).count
        let counts = try await Self.stages(gateway)
        for (stage, count) in counts where count > 0 { stages[stage, default: 0] += 1 }
        if ordersAtCA > 0, counts["active", default: 0] < people { withOrdersAtCA += 1 }
    }

    mutating func noteEndOfRound(_ gateway: GatewayUnderTest) async throws {
        activatedByKilledRuns += try await Self.stages(gateway)["active", default: 0]
    }

    /// Orders by stage. Of a file from a copy: whoever opens the database itself does the recovery that the gateway must do.
    private static func stages(_ gateway: GatewayUnderTest) async throws -> [String: Int] {
        let query = "SELECT stage, COUNT(*) FROM orders GROUP BY stage"
        let printed: String
        if let store = gateway.store {
            printed = try await store.server.sql(query, in: store.name)
        } else {
            let copy = try TemporaryFolder()
            let script = """
                cp "$1" "$1"-wal "$2"/ 2>/dev/null
                sqlite3 "$2"/certway.db "$3"
                """
            printed = try await Tool.run(["sh", "-c", script, "sh", gateway.database, copy.path, query])
        }
        return Dictionary(
            uniqueKeysWithValues: try printed.split(separator: "\n").map { line in
                let fields = line.split { $0 == "\t" || $0 == "|" }
                return (String(fields[0]), try #require(Int(fields[1]), "\(line)"))
            })
    }

    var description: String {
        let list = stages.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return "\(kills) kills, \(withOrdersAtCA) of them with unfinished orders at the CA; orders stood at kills in: "
            + "\(list); \(activatedByKilledRuns) certificates came into use before the undisturbed end; "
            + "\(finishedRounds) rounds were finished between kills"
    }
}
