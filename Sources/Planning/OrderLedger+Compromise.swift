// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Ledger

extension OrderLedger {
    /// The withdrawals from Intune that belong to wishes: of what is revoked because its key is in wrong hands, and was delivered there.
    /// Revoked alone it would come to every new device, with a key that is somebody else's as well. One that was superseded or has ended
    /// stays where it is, for old mail, and so does every key in the archive.
    ///
    /// - Throws: `StoreError`.
    public func withdrawals(with wishes: [NewCertificateAction]) async throws -> [NewCertificateAction] {
        let withdrawals = wishes.compactMap(\.withdrawal)
        let delivered = try await deliveredByIntune(among: withdrawals.map(\.certificateID))
        return withdrawals.filter { delivered.contains($0.certificateID) }
    }

    /// Those among certificates that go to devices through Intune.
    ///
    /// - Throws: `StoreError`.
    public func deliveredByIntune(among ids: [Int64]) async throws -> Set<Int64> {
        guard !ids.isEmpty else { return [] }
        let records = try await certificates(ids: ids)
        let orders = try await orders(ids: records.map(\.orderID))
        return Set(
            records.filter { record in
                orders[record.orderID].flatMap { try? OrderTerms(json: $0.request) }?.delivery == .intune
            }.map(\.id))
    }
}
