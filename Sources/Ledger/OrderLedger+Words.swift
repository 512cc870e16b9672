// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// What a person means who types the id of something.
extension OrderLedger {
    /// Ids that an error names at most.
    private static let mostNamed = 5

    /// - Parameter word: number, reference, or the beginning of a reference.
    /// - Throws: `LedgerError.noSuchOrder`, or `notPossible` for a beginning that several have.
    public func order(meantBy word: String) async throws -> Order {
        if let id = Int64(word), let order = try await order(id) { return order }
        let reference = TypedWord.withoutEllipsis(word).lowercased()
        if let order = try await order(reference: reference) { return order }
        guard reference.hasPrefix(OrderReference.start),
            reference.count >= OrderReference.start.count + TypedWord.shortest
        else { throw LedgerError.noSuchOrder(word) }
        let found = try await orders(
            "WHERE reference >= ? AND reference < ? ORDER BY reference \(database.dialect.page(Self.mostNamed + 1, 0))",
            TypedWord.range(reference).map(SQLValue.text))
        guard let order = found.first else { throw LedgerError.noSuchOrder(word) }
        guard found.count == 1 else { throw Self.ambiguous(word, "orders", found.map(\.reference)) }
        return order
    }

    /// - Parameter word: serial number or fingerprint, or the beginning of one; or part of a user principal name that only one
    ///   certificate has.
    /// - Throws: `LedgerError.notPossible` for none or several.
    public func certificate(meantBy word: String) async throws -> CertificateRecord {
        var found: [CertificateRecord] = []
        if let number = TypedNumber(word) {
            let (condition, parameters) = CertificateTable.number(number)
            found = try await certificates("WHERE \(condition)", parameters)
            if found.isEmpty, word.count >= TypedWord.shortest, !number.digits.isEmpty {
                let ranges = number.serialNumbers.flatMap(TypedWord.range)
                let fingerprint = TypedWord.range(TypedWord.withoutEllipsis(word.filter { $0 != ":" }).lowercased())
                let begins = "serial_number >= ? AND serial_number < ?"
                found = try await certificates(
                    "WHERE \(begins) OR \(begins) OR (sha256_fingerprint >= ? AND sha256_fingerprint < ?) ORDER BY id "
                        + database.dialect.page(Self.mostNamed + 1, 0),
                    (ranges + fingerprint).map(SQLValue.text))
            }
        }
        if found.isEmpty, !word.isEmpty {
            found = try await certificates(CertificateFilter(text: word, limit: Self.mostNamed + 1))
        }
        guard let record = found.first else {
            let isShort = TypedNumber(word) != nil && word.count < TypedWord.shortest
            throw LedgerError.notPossible(
                "there is no certificate \(word): "
                    + (isShort ? "of a number, give \(TypedWord.shortest) characters or more; " : "")
                    + "see 'certway certificate list'")
        }
        guard found.count == 1 else {
            // Whoever asks for a person's certificate mostly means the one in use.
            let named = found.filter { $0.status == .active } + found.filter { $0.status != .active }
            throw Self.ambiguous(
                word, "certificates", named.map { "\($0.serialNumber) (\($0.template), \($0.status.rawValue))" })
        }
        return record
    }

    /// Whether a certificate with this serial number or fingerprint is on record; reads indexes.
    public func hasCertificate(numbered word: String) async throws -> Bool {
        let (condition, parameters) = CertificateTable.number(TypedNumber(word))
        return try await database.read { connection in
            try connection.value(
                "SELECT id FROM certificates WHERE \(condition) ORDER BY id \(connection.dialect.page(1, 0))",
                parameters,
                as: Int64.self) != nil
        }
    }

    private static func ambiguous(_ word: String, _ kind: String, _ ids: [String]) -> LedgerError {
        let more = ids.count > mostNamed ? ", …" : ""
        return .notPossible(
            "\(word) means several \(kind): \(ids.prefix(mostNamed).joined(separator: ", "))\(more); give more of one of them"
        )
    }
}
