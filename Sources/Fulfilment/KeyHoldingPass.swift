// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import Foundation
public import KeyHoldings
import Ledger
import MicrosoftGraph
import PKIX
import Planning
public import Settings

/// Makes true which keys are on whose devices: those of shared mailboxes with the people who may open them, and earlier ones of
/// people whose templates say `keyHistory`. Everything here may be repeated; an upload is written over and never doubled.
public struct KeyHoldingPass: Sendable {
    /// What a pass has done.
    public struct Report: Sendable {
        public var delivered = 0
        public var withdrawn = 0
        public var problems: [String] = []
    }

    private static let pageSize = 200
    private static let longest: TimeInterval = 3600

    private let context: EnrollmentContext
    private let rules: [KeyHoldingRule]
    private let recovery: RecoveryConfiguration
    private let store: KeyHoldingStore

    /// - Parameter recovery: how keys come out of the archive here, for advice.
    public init(
        _ context: EnrollmentContext, rules: [KeyHoldingRule], recovery: RecoveryConfiguration = RecoveryConfiguration()
    ) {
        self.context = context
        self.rules = rules
        self.recovery = recovery
        store = context.keyHoldings
    }

    /// Compares, delivers what is due, takes out what nobody is to have any more, and erases keys that have served.
    ///
    /// - Parameter isComparing: whether anything can have changed since the last pass; a comparison looks at every certificate of the
    ///   templates. Without it only what is due is worked on.
    /// - Throws: `StoreError`, `CancellationError`. What a service refuses stands with the row.
    public func run(isComparing: Bool = true) async throws -> Report {
        var report = Report()
        guard let uploader = context.uploader else { return report }
        for rule in rules where isComparing {
            while try await store.want(rule, connector: uploader.connector) > 0 { try Task.checkCancellation() }
        }
        StageBoundary.keysWanted.pass()
        while true {
            let page = try await store.due(limit: Self.pageSize)
            for holding in page {
                try Task.checkCancellation()
                await carry(holding, uploader, &report)
            }
            if page.count < Self.pageSize || !report.problems.isEmpty { break }
        }
        guard isComparing || report.withdrawn > 0 else { return report }
        let ended = try await store.endedKeys(rules)
        if !ended.isEmpty { try await context.ledger.eraseHistory(ended) }
        return report
    }

    private func carry(_ holding: KeyHolding, _ uploader: IntunePFXUploader, _ report: inout Report) async {
        do {
            if holding.isWanted {
                if try await deliver(holding, uploader) { report.delivered += 1 }
            } else {
                try await store.begin(holding)
                StageBoundary.beforeWithdraw.pass()
                try await uploader.withdraw(userID: holding.personID, thumbprint: holding.thumbprint)
                StageBoundary.withdrawAnswered.pass()
                try await store.settle(holding, connector: nil)
                context.logger.log(
                    .notice,
                    "the key of certificate \(holding.serialNumber) was taken from \(holding.userPrincipalName)",
                    fields: [("order", "\(holding.orderID)")])
                report.withdrawn += 1
            }
        } catch is CancellationError {
        } catch let gap as KeyGap {
            try? await store.note(gap.sentence, on: holding, next: nil)
            let advice = holding.copy == .archived ? "; \(recovery.advice(for: holding.serialNumber))" : ""
            report.problems.append("\(holding.userPrincipalName): \(gap.sentence)\(advice)")
        } catch {
            let delay = min(Self.longest, 30 * pow(2, Double(min(holding.failures, 7))))
            try? await store.note("\(error)", on: holding, next: context.clock.now() + delay)
            report.problems.append(
                "the key of certificate \(holding.serialNumber) for \(holding.userPrincipalName): \(error)")
        }
    }

    /// - Returns: whether it was sent; one that cannot be is looked for.
    private func deliver(_ holding: KeyHolding, _ uploader: IntunePFXUploader) async throws -> Bool {
        guard let order = try await context.ledger.order(holding.orderID),
            let record = try await context.ledger.certificate(holding.certificateID)
        else { throw KeyGap("the ledger holds no certificate of this key any more") }
        guard try await context.ledger.key(orderID: order.id)?.sealed != nil else {
            try await look(holding, uploader)
            return false
        }
        let chain = try ([record.der] + record.chain).map { try Certificate(der: $0) }
        let terms = try OrderTerms(json: order.request)
        if let read = context.signInName {
            let name = try await read(holding.personID)
            guard name?.lowercased() == holding.userPrincipalName.lowercased() else {
                throw GraphError(
                    .transient,
                    "\(holding.userPrincipalName) \(name.map { "signs in as \($0) now" } ?? "is not in the tenant any more")"
                )
            }
        }
        let key = try await context.workingKey(order)
        defer { context.memory.workingKeys.forget(orderID: order.id) }
        // On record before it leaves: whoever has had it once is known, whatever becomes of this process.
        try await store.begin(holding)
        StageBoundary.beforeDelivery.pass()
        _ = try await uploader.deliver(
            key: key, certificateChain: chain, userID: holding.personID,
            userPrincipalName: holding.userPrincipalName, purpose: terms.intendedPurpose,
            encryption: context.pfxEncryptions[order.template])
        StageBoundary.delivered.pass()
        try await store.settle(holding, connector: uploader.connector)
        context.logger.log(
            .info, "the key of certificate \(record.serialNumber) is with \(holding.userPrincipalName)",
            fields: [("order", "\(order.id)")])
        return true
    }

    /// Whether Intune holds a key of which there is no copy here: it was delivered before copies were kept, or by others.
    private func look(_ holding: KeyHolding, _ uploader: IntunePFXUploader) async throws {
        let found = try await uploader.certificate(userID: holding.personID, thumbprint: holding.thumbprint)
        let kinds: Set = ["delivered", OrderLedger.adoptedEvent]
        let brought =
            holding.isOwn ? try await context.ledger.events(holding.orderID).last { kinds.contains($0.kind) } : nil
        guard
            let (actual, connector) = holding.withoutCopy(
                isThere: found != nil, deliveredFor: brought?.data["connectorKey"]?.string,
                connector: uploader.connector)
        else { throw KeyGap("the key of certificate \(holding.serialNumber) is not at hand any more") }
        try await store.noteFound(holding, actual, connector: connector)
    }
}

extension KeyHolding {
    /// What a person can do about it; nil for nothing.
    public func advice(_ recovery: RecoveryConfiguration) -> String? {
        state == .missing && copy == .archived ? recovery.advice(for: serialNumber) : nil
    }
}

/// A key that is to be delivered and is nowhere to be taken from.
struct KeyGap: Error {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}
