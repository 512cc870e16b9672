// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Gateway
public import Ledger
import Settings

/// What a caller can do with certificates.
public struct CertificateRights: Sendable {
    private let gateway: Gateway
    private let caller: Caller

    public init(_ gateway: Gateway, _ caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// `revoke`, `undoRevocation`, `retryRevocation`, `replace`, `deliver`, `withdraw` and `recoverKey`, by the number of the certificate. Asks
    /// no CA; four questions to the database for a page.
    public func of(_ records: [CertificateRecord]) async throws -> [Int64: [ObjectAction]] {
        let ids = records.map(\.id)
        let wishes = try await gateway.ledger.standingActions(certificateIDs: ids)
        let orders = try await gateway.ledger.orders(ids: records.map(\.orderID))
        let archived = try await gateway.ledger.archivedCertificates(among: ids)
        let now = gateway.ledger.clock.now()
        var all: [Int64: [ObjectAction]] = [:]
        for record in records {
            let revocation = wishes[record.id]?.first { $0.kind == .revoke }
            let withdrawal = wishes[record.id]?.first { $0.kind == .withdraw }
            let order = orders[record.orderID]
            var list = ActionList(caller)
            list.add("revoke", .revoke) {
                try record.requireInForce(at: now)
                try gateway.requireRevoking(at: record.backendCA)
            }
            list.add("undoRevocation", .revoke) { try record.wished(revocation).requireUndoable() }
            list.add("retryRevocation", .revoke) { try record.wished(revocation).requireRetryable() }
            list.add("replace", .replace) {
                try record.requireInUse(at: now)
                try gateway.requireOrdering(by: record.template)
            }
            list.add("deliver", .redeliver) { try record.requireDelivery(order) }
            list.add("withdraw", .revoke) { try record.requireWithout(withdrawal) }
            list.add("recoverKey", .requestRecovery) {
                guard !archived.contains(record.id) else { return }
                throw RecoveryAdministration.notArchived(record)
            }
            all[record.id] = list.actions
        }
        return all
    }

    public func of(_ record: CertificateRecord) async throws -> [ObjectAction] {
        try await of([record])[record.id] ?? []
    }
}

extension Gateway {
    /// - Throws: `Obstacle` where a person has to revoke, with how. A CA that cannot be used now is asked later.
    func requireRevoking(at name: String) throws(Obstacle) {
        if case .ready(let backend)? = backends[name] { return try backend.require(.revoke) }
        guard let connector = configuration.backendCA(name)?.connector else {
            throw Obstacle(
                "backend CA \(name) is not configured any more", instead: "revoke it there, or configure \(name) again")
        }
        guard let profile = profiles.catalogue.outline(named: connector), !profile.claims(.revoke) else { return }
        throw Obstacle("\(name) cannot revoke certificates", instead: profile.missing[.revoke])
    }
}
