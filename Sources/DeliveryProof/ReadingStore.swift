// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments
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
                    "read_at": SQLValue(report.readAt.roundedToMilliseconds),
                    "next_at": SQLValue(next.roundedToMilliseconds), "reading": .text(report.json.text),
                ])
        }
    }

    /// The last reading of a certificate; nil where it was never read.
    public func reading(_ certificateID: Int64) async throws -> JSONValue? {
        let text = try await database.read {
            try $0.value(
                "SELECT reading FROM delivery_readings WHERE certificate_id = ?", [.integer(certificateID)],
                as: String.self)
        }
        return try text.map { try JSONValue(parsing: $0) }
    }
}
