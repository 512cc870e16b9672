// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
import Ledger
public import Store

/// The last reading of each certificate, in the database that all nodes share.
public struct ReadingStore: Sendable {
    private let database: any SQLDatabase

    public init(database: any SQLDatabase) { self.database = database }

    /// Keeps a reading in place of the one before.
    public func keep(_ report: DeliveryReport) async throws {
        let next = report.readAt.addingTimeInterval(report.interval)
        try await database.write { connection in
            try connection.put(
                into: "delivery_readings", key: ["certificate_id": .integer(report.certificateID)],
                values: [
                    "standing": .text(report.standing.rawValue), "fault": SQLValue(report.faults.first?.fault.rawValue),
                    "installed": SQLValue(report.installed), "read_at": SQLValue(report.readAt.roundedToMilliseconds),
                    "next_at": SQLValue(next.roundedToMilliseconds), "reading": .text(report.json.text),
                ])
        }
    }

    /// Notes that there is nothing to be read of a certificate: it goes to its people by another way.
    public func passOver(_ certificateID: Int64, at now: Date) async throws {
        try await database.write { connection in
            try connection.put(
                into: "delivery_readings", key: ["certificate_id": .integer(certificateID)],
                values: [
                    "standing": .text(Self.elsewhere), "fault": .null, "installed": .null,
                    "read_at": SQLValue(now.roundedToMilliseconds),
                    "next_at": SQLValue(Self.never), "reading": .text("null"),
                ])
        }
    }

    /// Keeps why nothing can be read of a certificate: what the ledger says of it cannot be understood. It is looked at again after some
    /// hours, so that the others have their turn.
    public func keepUnreadable(_ certificateID: Int64, because reason: String, at now: Date) async throws {
        let reading: JSONValue = [
            "standing": .string(DeliveryStanding.unknown.rawValue), "readAt": .string(now.ISO8601Format()),
            "delivered": .null, "record": .null, "connectorKey": .null, "connectors": .null, "devices": .null,
            "faults": [], "unknown": [["what": "order", "reason": .string(reason)]],
        ]
        try await database.write { connection in
            try connection.put(
                into: "delivery_readings", key: ["certificate_id": .integer(certificateID)],
                values: [
                    "standing": .text(Self.unreadable), "fault": .null, "installed": .null,
                    "read_at": SQLValue(now.roundedToMilliseconds),
                    "next_at": SQLValue((now + Self.unreadableRest).roundedToMilliseconds),
                    "reading": .text(reading.text),
                ])
        }
    }

    /// The standing of what the ledger cannot say how it is delivered.
    static let unreadable = "unreadable"
    private static let unreadableRest: TimeInterval = 4 * 3600

    /// The standing of what is not delivered to its subscriber through Intune, and of which nothing is read.
    static let elsewhere = "elsewhere"

    /// Of whom nobody reads again.
    private static let never = Date(timeIntervalSince1970: 32_503_680_000)

    /// Certificates in force whose turn it is: those that were never read, as soon as they are delivered or have waited for a minute, and
    /// those whose next reading is due. Costs a look at each certificate in force of the templates, without its content.
    ///
    /// - Parameters:
    ///   - templates: whose certificates Intune delivers; at most 512 are looked at.
    ///   - limit: certificates at most.
    /// - Returns: their ids, those that were never read first.
    public func due(of templates: [String], at now: Date, limit: Int) async throws -> [Int64] {
        guard !templates.isEmpty, limit > 0 else { return [] }
        let names = SQLValueList(templates.prefix(SQLValueList.longest))
        let handedOver: [SQLValue] = [
            SQLValue(OrderStage.delivered), SQLValue(OrderStage.published), SQLValue(OrderStage.active),
        ]
        return try await database.read { connection in
            let fresh = try connection.query(
                """
                SELECT c.id FROM certificates c JOIN orders o ON o.id = c.order_id \
                LEFT JOIN delivery_readings r ON r.certificate_id = c.id \
                WHERE c.status = ? AND c.template IN (\(names.places)) AND r.certificate_id IS NULL \
                AND (o.stage IN (?, ?, ?) OR c.created_at <= ?) ORDER BY c.id \(connection.dialect.page(limit, 0))
                """,
                [SQLValue(CertificateStatus.active)] + names.parameters + handedOver + [SQLValue(now - 60)]
            ) { try $0[0] as Int64 }
            guard fresh.count < limit else { return fresh }
            return fresh
                + (try connection.query(
                    """
                    SELECT r.certificate_id FROM delivery_readings r JOIN certificates c ON c.id = r.certificate_id \
                    WHERE r.next_at <= ? AND c.status = ? AND c.template IN (\(names.places)) \
                    ORDER BY r.next_at, r.certificate_id \(connection.dialect.page(limit - fresh.count, 0))
                    """, [SQLValue(now), SQLValue(CertificateStatus.active)] + names.parameters
                ) { try $0[0] as Int64 })
        }
    }

    /// How many certificates in force have each fault first, and the number of one of them; without those that a service was too busy for.
    public func faults() async throws -> [(fault: LastMileFault, count: Int, example: Int64)] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT r.fault AS fault, COUNT(*) AS number, MIN(c.id) AS example FROM delivery_readings r \
                JOIN certificates c ON c.id = r.certificate_id WHERE r.fault IS NOT NULL AND c.status = ? \
                GROUP BY r.fault ORDER BY r.fault
                """, [SQLValue(CertificateStatus.active)]
            ) { row in
                (LastMileFault(rawValue: try row["fault"]), try row["number"] as Int, try row["example"] as Int64)
            }
        }.compactMap { fault, count, example in
            fault.flatMap { $0 == .throttled ? nil : ($0, count, example) }
        }
    }

    /// The last reading of a certificate; nil where it was never read.
    public func reading(_ certificateID: Int64) async throws -> JSONValue? {
        let text = try await database.read {
            try $0.value(
                "SELECT reading FROM delivery_readings WHERE certificate_id = ?", [.integer(certificateID)],
                as: String.self)
        }
        let reading = try text.map { try JSONValue(parsing: $0) }
        return reading == .null ? nil : reading
    }
}
