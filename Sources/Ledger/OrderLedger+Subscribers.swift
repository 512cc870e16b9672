// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension OrderLedger {
    /// Whose orders or certificates have exactly this user principal name, certified address, serial number, fingerprint or
    /// reference, whatever its case; a serial number also with colons, blanks or `0x`. Finds what people were called once.
    /// Reads all orders and certificates.
    public func subscribers(matching text: String) async throws -> [KnownSubscriber] {
        let text = text.folded
        let number = CertificateTable.number(TypedNumber(text))
        let address = SQLConditions.pattern(containing: "\"\(text)\"")
        return try await database.read { connection in
            func find(_ table: String, _ condition: String, _ parameters: [SQLValue]) throws -> [KnownSubscriber] {
                try connection.query(
                    "SELECT DISTINCT subscriber_id, user_principal_name FROM \(table) WHERE \(condition)",
                    parameters
                ) { KnownSubscriber(subscriberID: try $0[0], userPrincipalName: try $0[1]) }
            }
            var found = try find(
                "orders", "\(Self.searchedName) = ? OR reference = ?", [.text(text), .text(text)])
            found += try find(
                "certificates", "\(Self.searchedAddresses) LIKE ? ESCAPE '!' OR \(number.condition)",
                [.text(address)] + number.parameters)
            var seen: Set<String> = []
            return found.filter { seen.insert($0.subscriberID).inserted }.sorted {
                ($0.userPrincipalName, $0.subscriberID) < ($1.userPrincipalName, $1.subscriberID)
            }
        }
    }
}
