// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
import Store

/// What forbids new orders at a backend CA, for all nodes and over restarts.
extension OrderLedger {
    public enum StopReason: String, Sendable, CaseIterable {
        /// A certificate came back that leads to no accepted root.
        case acceptedRoots
        /// No certificate has led to the accepted roots yet, and as many orders as may leave until then are at the CA.
        case firstCertificate
        /// The database may be an older copy, and this CA cannot be asked what it has.
        case olderCopy
    }

    public func stop(_ reason: StopReason, of backendCA: String, _ content: JSONValue) async throws {
        try await setState(Self.name(reason, backendCA), content)
    }

    /// What was stored with the stop; nil when there is none.
    public func stopped(_ reason: StopReason, of backendCA: String) async throws -> JSONValue? {
        try await state(Self.name(reason, backendCA))
    }

    /// Ends the stop; costs one look-up where there is none.
    public func lift(_ reason: StopReason, of backendCA: String) async throws {
        guard try await stopped(reason, of: backendCA) != nil else { return }
        try await setState(Self.name(reason, backendCA), nil)
    }

    /// What was last shown to hold of the backend CA in this regard; nil for nothing yet.
    public func proven(_ reason: StopReason, of backendCA: String) async throws -> JSONValue? {
        try await state(Self.proofName(reason, backendCA))
    }

    /// Remembers what has been shown; costs one look-up where that is known.
    public func keepProof(_ reason: StopReason, of backendCA: String, _ content: JSONValue) async throws {
        guard try await proven(reason, of: backendCA) != content else { return }
        try await setState(Self.proofName(reason, backendCA), content)
    }

    private static func proofName(_ reason: StopReason, _ backendCA: String) -> String {
        "submission.proof.\(reason.rawValue).\(backendCA)"
    }

    static func name(_ reason: StopReason, _ backendCA: String) -> String {
        "submission.stop.\(reason.rawValue).\(backendCA)"
    }

    /// Orders that have left by a connection and have neither a certificate nor an end: the CA may issue each of them. Those
    /// whose certificate has come and led to no accepted root (`EnrollmentContext.hold`) are not among them.
    public func outstandingCount(backendCA: String, connection: String) async throws -> Int {
        try await database.read { database in
            try database.value(
                """
                SELECT COUNT(*) FROM orders WHERE backend_ca = ? AND connection = ? AND stage IN (?, ?) AND NOT EXISTS \
                (SELECT 1 FROM order_events e WHERE e.order_id = orders.id AND e.kind = 'held' AND e.data LIKE ?)
                """,
                [
                    .text(backendCA), .text(connection), SQLValue(OrderStage.submitted), SQLValue(OrderStage.pending),
                    .text("%\"\(OrderEvent.leadsToNoAcceptedRoot)\"%"),
                ])
                ?? 0
        }
    }

    /// The certificate that was accepted last of those ordered at a backend CA by a connection; nil for none yet.
    public func newestCertificate(backendCA: String, connection: String) async throws -> CertificateRecord? {
        try await certificates(
            """
            WHERE id = (SELECT MAX(certificate_id) FROM orders WHERE backend_ca = ? AND connection = ? \
            AND certificate_id IS NOT NULL)
            """, [.text(backendCA), .text(connection)]
        ).first
    }

    /// How many orders wait until the first certificate of their backend CA is accepted, by backend CA.
    public func waitingForFirstCertificate() async throws -> [String: Int] {
        return try await database.read { connection in
            var counts: [String: Int] = [:]
            for name in try Self.stoppedBackendCAs(on: connection) {
                let count: Int? = try connection.value(
                    """
                    SELECT COUNT(*) FROM orders WHERE backend_ca = ? AND stage IN (?, ?) AND held = 0 \
                    AND error_kind IS NULL AND cancel_requested = 0
                    """, [.text(name), SQLValue(OrderStage.planned), SQLValue(OrderStage.keyed)])
                if let count, count > 0 { counts[name] = count }
            }
            return counts
        }
    }

    /// Says of orders that are read what keeps them, where that is a stop that ends by itself.
    static func noteWaiting(_ orders: inout [Order], on connection: any SQLConnection) throws {
        var isStopped: [String: Bool] = [:]
        for index in orders.indices where orders[index].mayWaitForFirstCertificate {
            let name = orders[index].backendCA
            let known = try isStopped[name] ?? (state(Self.name(.firstCertificate, name), on: connection) != nil)
            isStopped[name] = known
            if known { orders[index].waitingFor = Order.firstCertificate }
        }
    }
}
