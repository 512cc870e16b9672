// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// Orders and certificates by what stands for one of them alone; index look-ups only.
extension OrderLedger {
    /// Orders with this reference or its beginning, or with this id at their CA; newest first.
    public func orders(identifiedBy word: String, limit: Int) async throws -> [Order] {
        var conditions = SQLConditions()
        conditions.add(
            "id",
            in: OrderTable.identities(word, besides: ["subscriber_id"]).map {
                ("SELECT o.id AS found_id FROM orders o WHERE \($0.condition)", $0.parameters)
            })
        return try await orders(
            "\(conditions.clause) ORDER BY id DESC \(database.dialect.page(limit, 0))", conditions.parameters)
    }

    /// Certificates with this serial number or fingerprint, as people write them; newest first.
    ///
    /// - Parameter isWhole: otherwise also those whose serial number begins so, six digits of it.
    public func certificates(numbered word: String, isWhole: Bool, limit: Int) async throws -> [CertificateRecord] {
        guard let number = TypedNumber(word) else { return [] }
        var conditions = SQLConditions()
        let questions = CertificateTable.found(by: number, isWhole: isWhole)
        guard !questions.isEmpty else { return [] }
        conditions.add("id", in: questions)
        return try await certificates(
            "\(conditions.clause) ORDER BY id DESC \(database.dialect.page(limit, 0))", conditions.parameters)
    }
}
