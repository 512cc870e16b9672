// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Store

/// Notes with those who may open a mailbox what the directory says of their accounts: beside the right, so that who has a key is one
/// question of the database.
struct MailboxAccounts {
    let connection: any SQLConnection

    /// - Parameter now: since when somebody is away who was not before.
    /// - Returns: whether somebody's account is another than on record.
    func note(ofMailbox id: String, at now: Date) throws -> Bool {
        let people = try connection.query(
            """
            SELECT r.person_id, r.account, r.away_since, u.is_deleted, u.attributes FROM mailbox_people r \
            JOIN directory_users u ON u.id = r.person_id WHERE r.mailbox_id = ? AND r.present = 1
            """, [SQLValue(id)]
        ) { row in
            (
                id: try row[0] as String, known: try row[1] as Int?, awaySince: try row[2] as Date?,
                isDeleted: try row[3] as Bool, attributes: try row[4] as String
            )
        }
        var isChanged = false
        // Whom the tenant has not shown yet is not judged.
        for person in people where person.attributes != "{}" {
            guard let attributes = try? JSONValue(parsing: person.attributes) else { continue }
            let account = MailboxAccount(
                DirectoryPerson(id: person.id, attributes: attributes), isDeleted: person.isDeleted)
            if person.known == account.rawValue { continue }
            try connection.execute(
                "UPDATE mailbox_people SET account = ?, away_since = ? WHERE mailbox_id = ? AND person_id = ?",
                [
                    SQLValue(account.rawValue), SQLValue(account.isAway ? person.awaySince ?? now : nil), SQLValue(id),
                    SQLValue(person.id),
                ])
            isChanged = true
        }
        return isChanged
    }
}
