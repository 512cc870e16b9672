// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
import TestSupport
import Testing

/// Whoever has looked at an older configuration changes nothing.
@Suite struct RevisionTests {
    @Test func ofTwoThatHaveSeenTheSameOneChanges() async throws {
        let ledger = OrderLedger(database: try await TestDatabase(OrderLedger.migrations))
        let seen = try await ledger.apply([.put(kind: "templates", name: "a", body: ["days": 1])])
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<6 {
                group.addTask {
                    do {
                        try await ledger.apply(
                            [.put(kind: "templates", name: "a", body: ["days": .number(Double(number + 2))])], at: seen)
                        return true
                    } catch is OtherRevision {
                        return false
                    } catch {
                        Issue.record(error)
                        return false
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
        let present = try await ledger.configurationRevision()
        #expect(present > seen)
        let refused = await #expect(throws: OtherRevision.self) {
            try await ledger.apply([.delete(kind: "templates", name: "a")], at: seen)
        }
        #expect(refused?.present == present)
        #expect(try await ledger.documents("templates").count == 1)
    }
}
