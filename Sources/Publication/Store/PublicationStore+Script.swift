// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

extension PublicationStore {
    /// The same as Exchange cmdlets for a person to run, where the endpoint refuses: what is wanted and was not seen, and what is not
    /// wanted and may still be there. Running it twice does no harm; the next look notes what it has done.
    ///
    /// - Parameter place: a directory of kind `exchange`.
    public func script(of place: String) async throws -> String {
        let works = try await database.read { connection in
            try connection.query(
                """
                SELECT \(PublicationTable.columns), c.der, c.email_addresses, c.not_before FROM publications p \
                JOIN certificates c ON c.id = p.certificate_id WHERE p.place = ? AND ((p.wanted = 1 AND p.actual <> 'present') \
                OR (p.wanted = 0 AND p.actual <> 'absent')) ORDER BY p.subscriber_id, p.certificate_id
                """, [.text(place)]
            ) { try PublicationWork($0) }
        }
        // What can only be written in another directory fails by hand as well.
        let (elsewhere, possible) = (
            works.filter { $0.record.errorKind == PublicationError.Kind.elsewhere.rawValue },
            works.filter { $0.record.errorKind != PublicationError.Kind.elsewhere.rawValue }
        )
        let people = Set(elsewhere.map(\.record.subscriberID)).count
        let note =
            people == 0
            ? []
            : ["# Left out: \(people) whose entries are mastered on premises, and can only be written there."]
        let lines = possible.map { work in
            let value = Data(work.der).base64EncodedString()
            let verb = work.record.isWanted ? "Add" : "Remove"
            // Ids are the tenant's; a quote in one would end the text.
            let id = work.record.subscriberID.replacingOccurrences(of: "'", with: "''", options: .literal)
            return
                "Set-Mailbox -Identity '\(id)' -UserCertificate @{\(verb)=@(,[Convert]::FromBase64String('\(value)'))}"
        }
        return
            (["# Exchange Online PowerShell: Connect-ExchangeOnline first; Set-MailUser for people without a mailbox."]
            + note + lines)
            .joined(separator: "\n") + "\n"
    }

    /// People of whom something is on record in a directory.
    public func subscribers(in place: String) async throws -> [String] {
        try await database.read { connection in
            try connection.query(
                "SELECT DISTINCT subscriber_id FROM publications WHERE place = ? ORDER BY subscriber_id", [.text(place)]
            ) { try $0[0] as String }
        }
    }
}
