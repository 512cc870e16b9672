// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Store

extension OrderLedger {
    /// Who asks for what the planner has decided, for the record.
    public static let planner = "planner"
    /// So long a person's wish that has come to nothing is told of at each pass.
    private static let failureMemory: TimeInterval = 7 * 86_400

    /// What keeps actions from being done: those that a person has to do, those whose last step failed, those that were taken and that
    /// nobody sees after days, and those that have failed, most first.
    ///
    /// A failure for good of what the planner has asked for counts until something comes of it, and of what a person has asked for as long
    /// as that may be remembered.
    ///
    /// - Parameter date: since when one counts also where the certificate is not in force any more.
    public func actionObstacles(failedSince date: Date) async throws -> [CertificateActionObstacle] {
        let now = now()
        let found = try await database.read { connection in
            try connection.query(
                """
                SELECT a.kind AS kind, a.backend_ca AS backend_ca, a.state AS state, a.held AS held, \
                CASE WHEN a.held = 1 THEN a.hold_reason ELSE a.detail END AS cause, \
                c.serial_number AS serial_number, a.next_action_at AS next_action_at FROM certificate_actions a \
                JOIN certificates c ON c.id = a.certificate_id \
                WHERE a.held = 1 OR (a.error_kind IS NOT NULL AND a.due_at IS NOT NULL) \
                OR (a.state = ? AND (a.updated_at >= ? OR (a.actor = ? AND c.status = ?) \
                OR (a.updated_at >= ? AND c.status IN (?, ?) AND c.not_after > ?)) AND NOT EXISTS \
                (SELECT 1 FROM certificate_actions later WHERE later.certificate_id = a.certificate_id \
                AND later.kind = a.kind AND later.id > a.id)) ORDER BY a.id
                """,
                [
                    SQLValue(CertificateAction.State.failed), SQLValue(date), .text(Self.planner),
                    SQLValue(CertificateStatus.active), SQLValue(now - Self.failureMemory),
                    SQLValue(CertificateStatus.active), SQLValue(CertificateStatus.superseded), SQLValue(now),
                ]
            ) { row in
                CertificateActionObstacle(
                    kind: try row["kind"], backendCA: try row["backend_ca"], state: try row["state"],
                    isHeld: try row["held"], cause: try row["cause"] ?? "", count: 1,
                    example: try row["serial_number"], nextAt: try row["next_action_at"])
            }
        }
        var merged: [CertificateActionObstacle] = []
        var places: [[String]: Int] = [:]
        for obstacle in found {
            // The same cause names another certificate each time.
            let cause = obstacle.cause.replacing(obstacle.example, with: "…").withoutPassingDetails
            let key = [
                obstacle.kind.rawValue, obstacle.backendCA, obstacle.state.rawValue, "\(obstacle.isHeld)", cause,
            ]
            guard let place = places[key] else {
                places[key] = merged.count
                merged.append(obstacle)
                continue
            }
            merged[place].count += 1
            merged[place].nextAt = [merged[place].nextAt, obstacle.nextAt].compactMap(\.self).min()
        }
        return merged.sorted { ($1.count, $0.cause) < ($0.count, $1.cause) }
    }
}
