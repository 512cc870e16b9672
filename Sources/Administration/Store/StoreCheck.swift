// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import JSONDocuments
import Ledger
public import Store

/// Tries what the gateway needs of a database, and leaves nothing behind.
public struct StoreCheck: Sendable {
    /// One thing that was tried.
    public struct Finding: Sendable, Equatable {
        public let name: String
        public let isGood: Bool
        /// What was found, and the next step where it is not good.
        public let sentence: String
    }

    public let findings: [Finding]

    public var isGood: Bool { findings.allSatisfy(\.isGood) }

    /// Thrown on purpose, so that nothing of what was tried stays.
    private struct Undo: Error {}

    /// Clocks that differ by more are worth a look: leases run by the database's.
    private static let clockLimit: TimeInterval = 60
    private static let rounds = 10

    /// - Throws: `StoreError` when the database cannot be reached at all.
    public static func run(_ database: any SQLDatabase) async throws -> StoreCheck {
        let dialect = database.dialect
        let version: String = try await database.read { try $0.value(dialect.inspection.version) ?? "" }
        let migrations = try await Migrator(GatewayStore.migrations).status(of: database)
        var findings = [Finding(name: "version", isGood: true, sentence: "\(dialect.name) \(version)")]
        findings.append(schema(migrations))
        if migrations.missing.isEmpty {
            findings.append(await writing(database))
            findings.append(await letters(database))
            findings.append(try await counts(database))
        }
        if let isolation = dialect.inspection.isolation {
            let found: String? = try? await database.write { try $0.value(isolation) }
            let isGood = found?.uppercased().replacing("-", with: " ") == "READ COMMITTED"
            findings.append(
                Finding(
                    name: "isolation", isGood: isGood,
                    sentence: (found ?? "not told") + (isGood ? "" : "; writing transactions need READ COMMITTED")))
        }
        findings.append(try await roundTrip(database))
        if migrations.missing.isEmpty { findings.append(try await commit(database)) }
        if dialect.now != nil { findings.append(try await clock(database)) }
        return StoreCheck(findings: findings)
    }

    private static func schema(_ status: MigrationStatus) -> Finding {
        if let newer = status.unknown.first {
            return Finding(
                name: "schema", isGood: false, sentence: "made by a newer certway (\(newer)): install that version")
        }
        guard status.missing.isEmpty else {
            return Finding(
                name: "schema", isGood: false,
                sentence:
                    "\(Plural(status.missing.count, "step")) missing: 'certway store migrate'"
            )
        }
        return Finding(name: "schema", isGood: true, sentence: "\(Plural(status.applied.count, "step")), none missing")
    }

    /// Whether the numbers that are kept are those of the rows.
    private static func counts(_ database: any SQLDatabase) async throws -> Finding {
        let wrong = try await OrderLedger(database: database).wrongCounts()
        guard let first = wrong.first else {
            return Finding(name: "counts", isGood: true, sentence: "the numbers kept are those of the rows")
        }
        return Finding(
            name: "counts", isGood: false,
            sentence:
                "\(Plural(wrong.count, "number is", "numbers are")) wrong (\(first)): 'certway serve' puts them right within a "
                + "minute of its start")
    }

    /// The rights that running needs, by using them.
    private static func writing(_ database: any SQLDatabase) async -> Finding {
        do {
            try await database.write { connection in
                let name: [SQLValue] = [.text("store.check")]
                try connection.execute("INSERT INTO gateway_state (name, content) VALUES (?, 'null')", name)
                try connection.execute("UPDATE gateway_state SET content = '1' WHERE name = ?", name)
                try connection.execute("DELETE FROM gateway_state WHERE name = ?", name)
                throw Undo()
            }
            return Finding(name: "permissions", isGood: false, sentence: "the trial was not undone")
        } catch is Undo {
            return Finding(
                name: "permissions", isGood: true, sentence: "rows can be read, written, changed and deleted")
        } catch {
            return Finding(name: "permissions", isGood: false, sentence: "\(error)")
        }
    }

    /// Whether text is compared letter by letter, trailing blanks and cases too, and comes back as it was.
    private static func letters(_ database: any SQLDatabase) async -> Finding {
        let text = "store.check ä🔑"
        var problem = "the trial did not run"
        do {
            try await database.write { connection in
                try connection.execute(
                    "INSERT INTO gateway_state (name, content) VALUES (?, ?)", [.text(text), .text(text)])
                for other in [text.uppercased(), text + " ", text.replacing("ä", with: "a")] {
                    let count: Int? = try connection.value(
                        "SELECT COUNT(*) FROM gateway_state WHERE name = ?", [.text(other)])
                    guard count == 0 else { throw Trial(problem: "\"\(other)\" and \"\(text)\" are taken for equal") }
                }
                let back: String? = try connection.value(
                    "SELECT content FROM gateway_state WHERE name = ?", [.text(text)])
                throw Trial(problem: back == text ? nil : "\"\(text)\" comes back as \"\(back ?? "")\"")
            }
        } catch let trial as Trial {
            guard let found = trial.problem else {
                return Finding(
                    name: "collation", isGood: true, sentence: "text is compared letter by letter, and comes back whole"
                )
            }
            problem = found
        } catch {
            problem = "\(error)"
        }
        // SQL Server compares so whatever the collation; no name of ours ends in a blank.
        let isKnown = database.dialect.name == "sqlserver" && problem.contains("\(text) \"")
        return Finding(name: "collation", isGood: isKnown, sentence: problem)
    }

    private struct Trial: Error { let problem: String? }

    private static func roundTrip(_ database: any SQLDatabase) async throws -> Finding {
        var times: [Duration] = []
        for _ in 0..<rounds {
            times.append(
                try await ContinuousClock().measure {
                    _ = try await database.read { try $0.value("SELECT 1", as: Int.self) }
                })
        }
        return Finding(name: "roundTrip", isGood: true, sentence: "\(text(times)) for a question")
    }

    private static func commit(_ database: any SQLDatabase) async throws -> Finding {
        let ledger = OrderLedger(database: database)
        var times: [Duration] = []
        for round in 0..<rounds {
            times.append(
                try await ContinuousClock().measure { try await ledger.setState("store.check", JSONValue(round)) })
        }
        try await ledger.setState("store.check", nil)
        return Finding(name: "commit", isGood: true, sentence: "\(text(times)) for a commit")
    }

    private static func clock(_ database: any SQLDatabase) async throws -> Finding {
        let difference = try await DatabaseClock().synchronize(with: database)
        let isGood = abs(difference) < clockLimit
        let sentence = String(format: "%+.3f s to this machine's clock", difference)
        return Finding(name: "clock", isGood: isGood, sentence: sentence + (isGood ? "" : ": set one of the two"))
    }

    /// The middle one of several, in milliseconds.
    private static func text(_ times: [Duration]) -> String {
        let middle = times.sorted()[times.count / 2]
        return String(format: "%.2f ms", middle / .milliseconds(1))
    }

    public var json: JSONValue {
        [
            "good": JSONValue(isGood),
            "findings": .array(
                findings.map {
                    ["name": .string($0.name), "good": JSONValue($0.isGood), "sentence": .string($0.sentence)]
                }),
        ]
    }
}
