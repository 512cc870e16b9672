// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Directory
import MailTransport

/// Whether a file with a key may go to its owner by mail while its password goes to another mailbox (docs/decisions/0055). Asked when it is
/// ordered, and of the tenant again right before each of the two mails leaves.
public enum MailedKeyRule {
    /// What speaks against it; nil for nothing.
    ///
    /// - Parameters:
    ///   - person: the owner, whose aliases are mailboxes of the owner, too.
    ///   - mailbox: where the password goes.
    public static func objection(to person: DirectoryPerson, passwordTo mailbox: String) -> String? {
        guard person.isAccountEnabled else { return "the account of \(person.userPrincipalName) is blocked" }
        guard person.noticeAddress != nil else {
            return "\(person.userPrincipalName) has no mail address to write to"
        }
        let own = (person.smtpAddresses + [person.userPrincipalName]).compactMap { MailAddress($0) }
        guard let other = MailAddress(mailbox), !own.contains(where: other.isSameMailbox) else {
            return "the password would go to \(mailbox), a mailbox of \(person.userPrincipalName), who gets the file"
        }
        return nil
    }
}
