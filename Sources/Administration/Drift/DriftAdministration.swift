// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Drift
import Foundation
public import Gateway
public import JSONDocuments
import Ledger
import Records

/// What ledger and world say differently: found, named with its cause, and mended by the use cases that there are for one certificate.
public struct DriftAdministration: Sendable {
    /// Findings that `last` keeps; the numbers are of all.
    public static let most = 1000
    static let name = "drift.report"

    let gateway: Gateway
    let caller: Caller

    public init(_ gateway: Gateway, caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    var entrance: Entrance { Entrance(caller, gateway.ledger.audit) }

    /// What was found when everything was compared last; nil for never.
    ///
    /// - Throws: `AccessDenied`, `StoreError`.
    public func last() async throws -> JSONValue? {
        try await entrance.require(.readServices)
        return try await gateway.ledger.state(Self.name)
    }

    /// When the service compares everything by itself.
    public struct Schedule: Sendable {
        /// Nil where it does not.
        public let every: Duration?
        /// Its last run; nil for none.
        public let run: JobBook.Run?
        public let isPaused: Bool
        /// Whether a comparison runs now, the service's or another one.
        public let isRunning: Bool

        public var json: JSONValue {
            [
                "every": JSONValue(every?.text), "lastRun": run?.json ?? .null, "paused": .bool(isPaused),
                "running": .bool(isRunning),
            ]
        }
    }

    /// - Throws: `AccessDenied`, `StoreError`.
    public func schedule() async throws -> Schedule {
        try await entrance.require(.readServices)
        return Schedule(
            every: gateway.configuration.limits.driftEvery,
            run: try await JobBook(gateway.ledger).runs(of: [.drift])[.drift],
            isPaused: try await JobWish.of(.drift, in: gateway.ledger).isPaused,
            isRunning: try await gateway.ledger.isTaken(OrderLedger.comparison))
    }

    /// Compares, and keeps what is found for `last` where all was wished for. Only looks: at the CAs, in the tenant, in directories. It
    /// costs a listing at each CA and in Intune, a list or a question to a responder for each CA, a question for each person in each
    /// directory, and one for each certificate that a CA has and the ledger has not.
    ///
    /// - Parameter onProgress: a source that is read, and how far.
    /// - Throws: `AccessDenied`, `StoreError`, `CancellationError`, `Obstacle` while another comparison runs; what services say stands in
    ///   the report.
    public func report(
        _ wish: DriftWish, onProgress: @escaping @Sendable (DriftSource, Int) -> Void = { _, _ in }
    ) async throws -> DriftReport {
        try await entrance.require(.checkServices, for: "drift")
        return try await Self.report(gateway, wish, onProgress)
    }

    /// The same of everything, by the service itself.
    ///
    /// - Returns: what was found, in numbers.
    /// - Throws: as `report`, and nobody's right is asked for.
    public static func compare(_ gateway: Gateway) async throws -> [String: Int] {
        DriftTally(try await report(gateway, DriftWish(), { _, _ in })).facts
    }

    private static func report(
        _ gateway: Gateway, _ wish: DriftWish, _ onProgress: @escaping @Sendable (DriftSource, Int) -> Void
    ) async throws -> DriftReport {
        try await comparing(gateway) {
            let (report, _) = try await read(gateway, wish, onProgress)
            if wish.read == Set(DriftSource.allCases), wish.kinds.isEmpty {
                try await gateway.ledger.setState(name, report.json(most: most))
                try await DriftTally(report).keep(in: gateway.ledger)
            }
            return report
        }
    }

    /// Lets one comparison run at a time, whoever has asked for it at whichever node: they ask the same services for the same.
    ///
    /// - Throws: `Obstacle` while another one runs.
    static func comparing<Value: Sendable>(
        _ gateway: Gateway, _ body: () async throws -> Value
    ) async throws -> Value {
        // A name of its own: two of one node are two.
        let owner = "\(gateway.owner) \(UUID().uuidString)"
        guard
            let value = try await gateway.withRight(
                OrderLedger.comparison, owner: owner, { _ in try await body() })
        else {
            throw Obstacle(
                "ledger and world are being compared already",
                instead: "wait for that: 'certway drift report --last' shows what it has found")
        }
        return value
    }

    static func read(
        _ gateway: Gateway, _ wish: DriftWish, _ onProgress: @escaping @Sendable (DriftSource, Int) -> Void
    ) async throws -> (report: DriftReport, sight: DriftReader.Sight) {
        let readAt = gateway.ledger.clock.now()
        let sight = try await DriftReader(gateway: gateway, onProgress: onProgress).read(wish.read)
        let report = DriftReport(
            readAt: readAt, places: sight.places, findings: sight.findings.filter(wish.means))
        return (report, sight)
    }
}
