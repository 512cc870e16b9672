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

    /// Compares, and keeps what is found for `last` where all was wished for. Only looks: at the CAs, in the tenant, in directories. It
    /// costs a listing at each CA and in Intune, a list or a question to a responder for each CA, a question for each person in each
    /// directory, and one for each certificate that a CA has and the ledger has not.
    ///
    /// - Parameter onProgress: a source that is read, and how far.
    /// - Throws: `AccessDenied`, `StoreError`, `CancellationError`; what services say stands in the report.
    public func report(
        _ wish: DriftWish, onProgress: @escaping @Sendable (DriftSource, Int) -> Void = { _, _ in }
    ) async throws -> DriftReport {
        try await entrance.require(.checkServices, for: "drift")
        let (report, _) = try await read(wish, onProgress)
        if wish.read == Set(DriftSource.allCases), wish.kinds.isEmpty {
            try await gateway.ledger.setState(Self.name, report.json(most: Self.most))
        }
        return report
    }

    func read(
        _ wish: DriftWish, _ onProgress: @escaping @Sendable (DriftSource, Int) -> Void
    ) async throws -> (report: DriftReport, sight: DriftReader.Sight) {
        let readAt = gateway.ledger.clock.now()
        let sight = try await DriftReader(gateway: gateway, onProgress: onProgress).read(wish.read)
        let report = DriftReport(
            readAt: readAt, places: sight.places, findings: sight.findings.filter(wish.means))
        return (report, sight)
    }
}
