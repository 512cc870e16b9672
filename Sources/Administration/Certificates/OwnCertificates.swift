// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
public import Gateway
import JSONDocuments
public import Ledger
import PKIX
import Planning
import Records
public import Store

/// What a person has, and may do with it, without being anybody's helper.
public struct OwnCertificates: Sendable {
    private let gateway: Gateway
    private let caller: Caller

    public init(_ gateway: Gateway, _ caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// The caller's own certificates, whatever they are worth now; none for who is no person of the tenant.
    ///
    /// - Throws: `AccessDenied`, `ListError`, `StoreError`.
    public func list(_ request: ListRequest = ListRequest()) async throws -> ListPage<CertificateRecord> {
        try await Entrance(caller, gateway.ledger.audit).require(.readOwn)
        guard let id = caller.objectID else { return ListPage(whole: []) }
        return try await gateway.ledger.certificates(CertificateFilter(subscriberID: id.lowercased()), request)
    }

    /// What each is for, by its number: as it was ordered, or else by what stands in it.
    ///
    /// - Throws: `StoreError`.
    public func uses(of records: [CertificateRecord]) async throws -> [Int64: [CertificateUse]] {
        let orders = try await gateway.ledger.orders(ids: records.map(\.orderID))
        return records.reduce(into: [:]) { uses, record in
            uses[record.id] = record.uses(
                ordered: orders[record.orderID].flatMap { try? OrderTerms(json: $0.request) })
        }
    }

    /// Certificates of the caller, by their numbers.
    ///
    /// - Throws: `Obstacle` when one of them is somebody else's.
    func own(_ numbers: [Int64]) async throws -> [CertificateRecord] {
        let id = caller.objectID?.lowercased()
        let records = try await gateway.ledger.certificates(ids: numbers).filter { $0.subscriberID == id }
        if let other = Set(numbers).subtracting(records.map(\.id)).min() {
            throw Obstacle("number \(other) is none of your certificates")
        }
        return records
    }

    /// `revoke`, `recoverKey` and `handOver`, by the number of the certificate; how long ago the caller has signed in, the use cases look
    /// at themselves.
    ///
    /// - Throws: `StoreError`.
    public func actions(of records: [CertificateRecord]) async throws -> [Int64: [ObjectAction]] {
        let now = gateway.ledger.clock.now()
        let archived = try await gateway.ledger.archivedCertificates(among: records.map(\.id))
        let recoveries = RecoveryAdministration(gateway, caller: caller)
        let kept = try await HandOverAdministration(gateway, caller).ownObstacles(records, archived: archived)
        return records.reduce(into: [:]) { all, record in
            var list = ActionList(caller)
            list.add("revoke", .revokeOwn) { try record.requireInForce(at: now) }
            list.add("recoverKey", .recoverOwn) {
                try recoveries.requireOpeningByOwner()
                guard archived.contains(record.id) else { throw RecoveryAdministration.notArchived(record) }
            }
            list.add("handOver", .recoverOwn) { if let obstacle = kept[record.id] { throw obstacle } }
            all[record.id] = list.actions
        }
    }

    /// Has certificates of one's own revoked; where their CA cannot be asked to, a person there is told. Nothing leaves at once, so that it
    /// can be taken back.
    ///
    /// - Throws: `AccessDenied`; `Obstacle` when one of them is somebody else's, and nothing is done then.
    public func revoke(
        _ numbers: [Int64], reason: RevocationReason, cause: String, isDryRun: Bool
    ) async throws -> ManyOutcomes {
        let wish = Entrance.Wish(
            .revokeCertificate, AuditObject(.certificate, "own"), person: caller.name, because: cause)
        return try await Entrance(caller, gateway.ledger.audit).pass(
            .revokeOwn, to: wish, isDryRun ? .byTheUseCase : .all
        ) {
            let records = try await own(numbers)
            return try await ManyCertificates(gateway, caller).ask(
                records, reason: reason, cause: cause, delay: .seconds(10), isByHand: true,
                // Who has lost a device works on with the others.
                isOrderedAgain: reason == .keyCompromise, isDryRun: isDryRun)
        }
    }
}
