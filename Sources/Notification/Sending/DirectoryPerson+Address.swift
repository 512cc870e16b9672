// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Directory
import MailTransport

extension DirectoryPerson {
    /// Where mails to this person go; nil where the directory has no address that can be written to.
    public var noticeAddress: String? {
        [mail, userPrincipalName].compactMap(\.self).first { MailAddress($0) != nil }
    }
}
