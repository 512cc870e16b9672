// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import Gateway
import JSONDocuments
public import Ledger
import PKIX
import Records
import Store

/// What is done to many certificates at once: exactly those that were looked at, or none, with what came of each.
public struct ManyCertificates: Sendable {
    /// Certificates of one page.
    private static let page = 500

    private let gateway: Gateway
    private let caller: Caller

    public init(_ gateway: Gateway, _ caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// Which certificates: by their numbers, or all that a list has.
    public enum Selection: Sendable {
        case numbers([Int64])
        case list(CertificateFilter)
    }

    /// The certificates that are meant, in the order of their numbers.
    ///
    /// - Parameter expected: how many the caller has seen.
    /// - Throws: `Obstacle` when there are others now: it acts on exactly the number shown, or not at all.
    public func find(_ selection: Selection, expected: Int) async throws -> [CertificateRecord] {
        var found: [CertificateRecord] = []
        switch selection {
        case .numbers(let numbers): found = try await gateway.ledger.certificates(ids: numbers.sorted())
        case .list(let filter):
            var request = ListRequest(limit: Self.page)
            var pages: [CertificateRecord] = []
            while pages.count <= expected {
                let page = try await gateway.ledger.certificates(filter, request)
                pages += page.items
                guard let next = page.next else { break }
                request.after = next
            }
            found = pages.sorted { $0.id < $1.id }
        }
        guard found.count == expected else {
            let count = found.count > expected ? "more than \(expected)" : "\(found.count)"
            throw Obstacle(
                "the selection has \(count) certificates now, and \(expected) were expected: nothing was done",
                instead: "look at the list again, and decide about what it shows")
        }
        return found
    }

    /// Puts the wish to revoke each on record; those whose CA cannot, or that are over, are told with why.
    ///
    /// - Parameters:
    ///   - delay: so long it can be taken back.
    ///   - isByHand: whether a person revokes where the CA cannot be asked to; it is watched then.
    public func revoke(
        _ records: [CertificateRecord], reason: RevocationReason, cause: String, delay: Duration?, isByHand: Bool,
        isDryRun: Bool
    ) async throws -> ManyOutcomes {
        let actions = CertificateActions(gateway.ledger, gateway.mirror, caller: caller)
        return try await actions.entrance.pass(.revoke, to: actions.wish(.revokeCertificate, records, cause)) {
            try await ask(records, reason: reason, cause: cause, delay: delay, isByHand: isByHand, isDryRun: isDryRun)
        }
    }

    /// The same for who has asked for the right already.
    ///
    /// - Parameter isOrderedAgain: whether others are to take their place.
    func ask(
        _ records: [CertificateRecord], reason: RevocationReason, cause: String, delay: Duration?, isByHand: Bool,
        isOrderedAgain: Bool = false, isDryRun: Bool
    ) async throws -> ManyOutcomes {
        let actions = CertificateActions(gateway.ledger, gateway.mirror, caller: caller)
        let now = gateway.ledger.clock.now()
        try actions.require(reason, for: records) { name in
            gateway.configuration.backendCA(name).flatMap { gateway.profiles.catalogue.outline(named: $0.connector) }
        }
        var outcomes = ManyOutcomes(isDryRun: isDryRun)
        var able: [CertificateRecord] = []
        for record in records {
            let obstacle = Obstacle.found {
                if actions.isOnlyNoted(record, reason) { return }
                try record.requireInForce(at: now)
                if !isByHand { try gateway.requireRevoking(at: record.backendCA) }
            }
            if let obstacle { outcomes.refuse(record, obstacle) } else { able.append(record) }
        }
        // Of what is only noted nothing changes; and it is told as it stands before.
        let before = try await outlook(
            onRevoking: able.filter { !actions.isOnlyNoted($0, reason) }, reason, isOrderedAgain: isOrderedAgain)
        if !isDryRun {
            try await noteRefused(outcomes, .revokeCertificate, cause)
            _ = try await actions.ask(
                able, reason: reason, cause: cause, delay: delay, isOrderedAgain: isOrderedAgain)
        }
        for record in able { outcomes.accept(record) }
        outcomes.follows = before
        return outcomes
    }

    /// What follows for people whose certificates are revoked: one sentence, empty for none.
    ///
    /// - Parameter isOrderedAgain: whether others are to take their place.
    /// - Throws: `StoreError`.
    public func outlook(
        onRevoking records: [CertificateRecord], _ reason: RevocationReason, isOrderedAgain: Bool = false
    ) async throws -> String {
        try await RevocationOutlook(gateway: gateway).sentence(
            records, isOrderedAgain: isOrderedAgain, isCompromised: reason == .keyCompromise)
    }

    /// Orders another certificate in the place of each.
    public func replace(
        _ records: [CertificateRecord], cause: String, isDryRun: Bool
    ) async throws -> ManyOutcomes {
        let orders = OrderAdministration(gateway.ledger, caller: caller)
        let now = gateway.ledger.clock.now()
        let wish = CertificateActions(gateway.ledger, gateway.mirror, caller: caller).wish(
            .replaceOrder, records, cause)
        return try await orders.entrance.pass(.replace, to: wish) {
            var outcomes = ManyOutcomes(isDryRun: isDryRun)
            for record in records {
                // Another certificate for a server has another key, which only its server can make.
                if gateway.configuration.template(record.template)?.requests != nil {
                    outcomes.refuse(
                        record,
                        Obstacle(
                            "the certificate was requested, and the key of its server is not here",
                            instead: "whoever asked for it hands in another request: 'certway request submit'"))
                    continue
                }
                let price = gateway.configuration.template(record.template)?.price
                if isDryRun {
                    let obstacle = Obstacle.found {
                        try record.requireInUse(at: now)
                        try gateway.requireOrdering(by: record.template)
                    }
                    if let obstacle { outcomes.refuse(record, obstacle) } else { outcomes.accept(record, price: price) }
                    continue
                }
                do {
                    let order = try await orders.replace(record, gateway, because: cause)
                    outcomes.accept(record, order: order, price: order.price)
                } catch let error as Obstacle {
                    outcomes.refuse(record, error)
                } catch let error as LedgerError {
                    outcomes.refuse(record, Obstacle("\(error)"))
                }
            }
            return outcomes
        }
    }

    private func noteRefused(_ outcomes: ManyOutcomes, _ action: AuditAction, _ cause: String) async throws {
        let entries = outcomes.refused.map { item in
            AuditEntry(
                action, AuditObject(.certificate, item.record.serialNumber), by: AuditActor(named: caller.name),
                person: item.record.userPrincipalName, outcome: .refused,
                reason: "\(cause); refused: \(item.obstacle?.description ?? "")")
        }
        guard !entries.isEmpty else { return }
        try await gateway.database.write { try AuditTrail.record(entries, on: $0) }
    }
}
