// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments
import Ledger
public import Planning
import Store

/// What became of every certificate of an incident, for an auditor: who, which, by what it was replaced, and when.
public struct IncidentReport: Sendable {
    public struct Line: Sendable {
        public let item: IncidentItem
        /// Reference of the order that has taken its place, and its certificate.
        public let successor: String?
        public let successorSerialNumber: String?
        /// When its revocation was asked for, taken by the CA, and seen in its list or responder.
        public let askedAt: Date?
        public let takenAt: Date?
        public let seenAt: Date?

        /// By name, in the order of a table.
        public var cells: [(name: String, value: String)] {
            func time(_ date: Date?) -> String { date?.formatted(.iso8601) ?? "" }
            return [
                ("serialNumber", item.serialNumber), ("userPrincipalName", item.userPrincipalName),
                ("template", item.template), ("state", item.state.rawValue), ("reason", item.reason ?? ""),
                ("mailboxProof", item.proof.rawValue), ("wave", item.wave.map(String.init) ?? ""),
                ("begunAt", time(item.releasedAt)), ("deliveredAt", time(item.deliveredAt)),
                ("successor", successor ?? ""), ("successorSerialNumber", successorSerialNumber ?? ""),
                ("revocationAskedAt", time(askedAt)), ("revokedAt", time(takenAt)), ("revocationSeenAt", time(seenAt)),
            ]
        }
    }

    public let progress: IncidentProgress
    public let events: [IncidentEvent]
    public let lines: [Line]

    public var json: JSONValue {
        var object = progress.summary.object ?? [:]
        object["certificatesInDetail"] = .array(
            lines.map { line in
                .object(
                    Dictionary(
                        uniqueKeysWithValues: line.cells.map { ($0.name, $0.value.isEmpty ? .null : .string($0.value)) }
                    )
                )
            })
        object["events"] = .array(events.map(\.json))
        return .object(object)
    }

    /// Plain text, to be filed.
    public var text: String {
        let incident = progress.incident
        func time(_ date: Date) -> String { date.formatted(.iso8601) }
        var lines = [
            "Report of incident \(incident.name)", "",
            "Cause:      \(incident.cause)", "Reason:     \(incident.reason.name)",
            "Started:    \(time(incident.startedAt)) by \(incident.actor)", "Deadline:   \(time(incident.deadline))",
            "State:      \(incident.state.rawValue)\(incident.endedAt.map { ", ended \(time($0))" } ?? "")",
            "Selection:  \(incident.selection.array?.compactMap(\.string).joined(separator: " ") ?? "")", "",
            "Certificates: \(progress.items.count) of \(Plural(progress.people, "person", "people")); replaced \(progress.replaced), "
                + "revoked or over \(progress.ended), of these without a successor \(progress.withoutSuccessor)",
        ]
        let last = self.lines.compactMap(\.takenAt).max()
        if let last { lines.append("Last revocation taken by the CA: \(time(last))") }
        let late = self.lines.filter { ($0.takenAt ?? .distantFuture) > incident.deadline }
        lines.append(
            progress.now < incident.deadline
                ? "Not revoked yet: \(late.count); the deadline has not passed"
                : "Not revoked by the deadline: \(late.count)")
        lines += ["", "What happened:"] + events.map { "  \(time($0.at))  \($0.message)" }
        let open = self.lines.filter { !$0.item.state.isFinal }
        if !open.isEmpty {
            lines += ["", "Not revoked:"]
            lines += open.map { line in
                "  \(line.item.serialNumber)  \(line.item.userPrincipalName)  \(line.item.state.rawValue)"
                    + (line.item.reason.map { ": \($0)" } ?? "")
            }
        }
        lines += ["", "Every certificate:"]
        lines += self.lines.map { line in
            "  " + line.cells.filter { !$0.value.isEmpty }.map { "\($0.name)=\($0.value)" }.joined(separator: "  ")
        }
        return lines.joined(separator: "\n")
    }
}

extension IncidentAdministration {
    /// - Throws: `LedgerError.notPossible` when there is none of that name.
    public func report(_ name: String) async throws -> IncidentReport {
        let progress = try await progress(name)
        let items = progress.items
        let successors = items.compactMap(\.successorID)
        let actions = try await gateway.ledger.standingActions(certificateIDs: items.map(\.certificateID))
        let known = try await gateway.database.read { connection in
            var known: [Int64: (reference: String, serial: String?)] = [:]
            for list in SQLValueList.lists(successors) {
                try connection.forEachRow(
                    """
                    SELECT o.id, o.reference, c.serial_number FROM orders o LEFT JOIN certificates c ON c.id = o.certificate_id \
                    WHERE o.id IN (\(list.places))
                    """, list.parameters
                ) { known[try $0[0]] = (try $0[1], try $0[2]) }
            }
            return known
        }
        let lines = items.map { item in
            let revocation = actions[item.certificateID]?.first { $0.kind == .revoke }
            let successor = item.successorID.flatMap { known[$0] }
            return IncidentReport.Line(
                item: item, successor: successor?.reference, successorSerialNumber: successor?.serial,
                askedAt: revocation?.askedAt, takenAt: revocation?.takenAt, seenAt: revocation?.seenAt)
        }
        return IncidentReport(progress: progress, events: try await events(of: progress.incident), lines: lines)
    }
}
