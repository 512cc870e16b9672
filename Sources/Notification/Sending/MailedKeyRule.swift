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
    ///   - rivals: what others in the tenant claim of the owner's addresses: whose mailbox it is must not be doubtful (docs/decisions/0013).
    ///   - mailbox: where the password goes.
    public static func objection(
        to person: DirectoryPerson, rivals: [AddressClaim], passwordTo mailbox: String
    ) -> String? {
        guard person.isAccountEnabled else { return "the account of \(person.userPrincipalName) is blocked" }
        guard let address = person.noticeAddress else {
            return "\(person.userPrincipalName) has no mail address to write to"
        }
        let key = AddressSource.foldedCase(address)
        if let rival = rivals.first(where: { $0.address == key }) {
            return "\(address) is an address of \(rival.claimant), too: nobody can say whose mailbox gets the file"
        }
        let own = (person.smtpAddresses + [person.userPrincipalName]).compactMap { MailAddress($0) }
        guard let other = MailAddress(mailbox), !own.contains(where: other.isSameMailbox) else {
            return "the password would go to \(mailbox), a mailbox of \(person.userPrincipalName), who gets the file"
        }
        return nil
    }
}
