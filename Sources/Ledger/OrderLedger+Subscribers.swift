// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Store

extension OrderLedger {
    /// Whose orders or certificates have exactly this user principal name, certified address, serial number, fingerprint or
    /// reference, whatever its case; a serial number also with colons, blanks or `0x`. Finds what people were called once. Index
    /// look-ups only.
    public func subscribers(matching text: String) async throws -> [KnownSubscriber] {
        let text = text.folded
        let number = CertificateTable.number(TypedNumber(text))
        return try await database.read { connection in
            func find(_ table: String, _ condition: String, _ parameters: [SQLValue]) throws -> [KnownSubscriber] {
                try connection.query(
                    "SELECT DISTINCT subscriber_id, user_principal_name FROM \(table) WHERE \(condition)",
                    parameters
                ) { KnownSubscriber(subscriberID: try $0[0], userPrincipalName: try $0[1]) }
            }
            var found = try find("orders", "reference = ?", [.text(text)])
            // The ends of names stand there, too: those are nobody's name.
            let named = try connection.query(
                """
                SELECT o.subscriber_id, o.user_principal_name, o.names, c.email_addresses FROM order_names n \
                JOIN orders o ON o.id = n.order_id LEFT JOIN certificates c ON c.order_id = o.id WHERE n.name = ?
                """, [.text(connection.dialect.cut(text, to: OrderNameTable.length))]
            ) { row in
                let (name, names, addresses): (String, JSONValue, JSONValue?) = (try row[1], try row[2], try row[3])
                let all = [name] + RequestedNames(json: names).searched + (addresses?.array ?? []).compactMap(\.string)
                return (
                    person: KnownSubscriber(subscriberID: try row[0], userPrincipalName: name),
                    isNamedSo: all.contains { $0.storable.folded == text }
                )
            }
            found += named.filter(\.isNamedSo).map(\.person)
            if !number.parameters.isEmpty { found += try find("certificates", number.condition, number.parameters) }
            var seen: Set<String> = []
            return found.filter { seen.insert($0.subscriberID).inserted }.sorted {
                ($0.userPrincipalName, $0.subscriberID) < ($1.userPrincipalName, $1.subscriberID)
            }
        }
    }
}
