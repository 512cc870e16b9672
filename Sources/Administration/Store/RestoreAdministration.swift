// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Gateway
import Ledger
public import Planning
import Records

/// A person's word that an older copy of the database was put back.
public struct RestoreAdministration: Sendable {
    private let gateway: Gateway
    private let caller: Caller

    public init(_ gateway: Gateway, caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// From now on, and for every node, each new order is looked for before it leaves.
    ///
    /// - Throws: `AccessDenied`, `StoreError`.
    public func declare() async throws -> RestoreDoubt {
        let object = AuditObject(.store, gateway.store.place)
        return try await Entrance(caller, gateway.ledger.audit).pass(
            .configure, to: Entrance.Wish(.restoreStore, object), .all
        ) {
            let doubt = try await gateway.store.declareRestored(by: caller.name)
            try await gateway.ledger.audit.record(
                AuditEntry(.restoreStore, object, by: AuditActor(named: caller.name), reason: doubt.cause))
            return doubt
        }
    }
}
