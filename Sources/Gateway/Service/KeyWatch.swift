// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Fulfilment
import KeyHoldings
import Ledger
import Records

/// Looks often whose devices lack a key or have one too many, at next to no cost while nothing has changed: a comparison reads every
/// certificate of the templates, so it is made where a number of the ledger, the trail, the directory or the configuration differs
/// from that of the last time. What all of these miss, such as an end that comes with time alone, is found within minutes.
actor KeyWatch {
    /// Between two looks.
    static let pace = Duration.seconds(5)
    /// So often it is compared whatever has changed.
    static let longest = Duration.seconds(300)
    /// Sentences that are said at most.
    private static let mostSaid = 20

    private struct Sign: Equatable {
        let revision: Int64
        let directoryReads: Int
        let orders: Set<OrderCount>
        let certificates: Set<CertificateCount>
        let newestRecord: Int64
    }

    private var last: (sign: Sign, at: ContinuousClock.Instant)?

    /// Works on what is due.
    ///
    /// - Parameter directoryReads: how often this process has read the directory.
    /// - Returns: what is not as it should be; nil where nothing was done.
    func look(
        _ gateway: Gateway, directoryReads: Int, _ context: @Sendable () async throws -> EnrollmentContext
    ) async throws -> [String]? {
        let store = KeyHoldingStore(gateway.ledger)
        let rules = gateway.keyHoldingRules
        // Without a rule there may still be keys to take back, or to erase.
        if rules.isEmpty, try await store.isEmpty() { return nil }
        let ledger = gateway.ledger
        let sign = Sign(
            revision: try await gateway.revision, directoryReads: directoryReads,
            orders: Set(try await ledger.countsByBackendCA()), certificates: Set(try await ledger.certificateCounts()),
            newestRecord: try await ledger.audit.lastNumber())
        let isComparing = last.map { $0.sign != sign || $0.at.duration(to: .now) > Self.longest } ?? true
        if !isComparing, try await store.due(limit: 1).isEmpty { return nil }
        _ = try await KeyHoldingPass(try await context(), rules: rules, recovery: gateway.configuration.recovery).run(
            isComparing: isComparing)
        if isComparing { last = (sign, .now) }
        return try await store.troubled(limit: Self.mostSaid).map {
            "the key of certificate \($0.serialNumber) for \($0.userPrincipalName): \($0.problem ?? "")"
                + ($0.advice(gateway.configuration.recovery).map { "; \($0)" } ?? "")
        }
    }
}
