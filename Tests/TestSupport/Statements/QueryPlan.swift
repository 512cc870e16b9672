// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// What SQLite says about how it carries out a statement (https://www.sqlite.org/eqp.html).
///
/// Without statistics it takes an index by how many of its columns are compared, and one of template and state together then wins
/// over the one of a person. Where that is done for each row of something, the cost grows with the square of the table: a
/// minute with a thousand people is a day with fifty thousand.
public struct QueryPlan {
    private struct Step {
        let id: Int
        let parent: Int
        let text: String
    }

    /// Of these a single value is shared by a large part of a table, or they are compared by range.
    private static let shared: Set = [
        "template", "status", "stage", "state", "kind", "held", "wanted", "actual", "place", "lane", "action",
        "verdict",
        "backend_ca", "not_after", "not_before", "due_at", "created_at", "next_action_at", "present", "is_present",
    ]

    private let steps: [Step]

    public init(of sql: String, _ parameters: [SQLValue], on connection: any SQLConnection) throws {
        steps = try connection.query("EXPLAIN QUERY PLAN \(sql)", parameters) {
            Step(id: Int(try $0["id"] as Int64), parent: Int(try $0["parent"] as Int64), text: try $0["detail"])
        }
    }

    /// Steps that go through a large part of a table for each row of another.
    public var complaints: [String] { complaints(below: 0, isRepeated: false) }

    private func complaints(below parent: Int, isRepeated: Bool) -> [String] {
        var (found, isInner): ([String], Bool) = ([], isRepeated)
        for step in steps where step.parent == parent {
            if isLoop(step) {
                if isInner, isWide(step) { found.append("'\(step.text)' for each row of another step") }
                found += complaints(below: step.id, isRepeated: isInner)
                isInner = true
            } else {
                found += complaints(below: step.id, isRepeated: isRepeated || step.text.hasPrefix("CORRELATED"))
            }
        }
        return found
    }

    private func isLoop(_ step: Step) -> Bool {
        ["SEARCH ", "SCAN ", "MULTI-INDEX OR"].contains { step.text.hasPrefix($0) }
    }

    private func isWide(_ step: Step) -> Bool {
        if step.text == "SCAN CONSTANT ROW" || step.text.hasPrefix("MULTI-INDEX") { return false }
        if step.text.hasPrefix("SCAN ") { return true }
        guard let bracket = step.text.lastIndex(of: "(") else { return !step.text.contains("PRIMARY KEY") }
        let columns = step.text[bracket...].dropFirst().split(separator: " ").filter { $0.contains("=?") }
            .map { String($0.prefix { $0 != "=" }) }
        return columns.allSatisfy(Self.shared.contains)
    }
}
