// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import YAMLDocuments

/// Which shared mailboxes a template is for, and what follows when somebody may not open one any more.
public struct MailboxPolicy: Sendable, Hashable {
    /// What becomes of a mailbox's certificate when one of those who have its key may not open the mailbox any more.
    public enum Leaver: String, Sendable, CaseIterable {
        /// The leaver's copy is taken out of Intune, and the key stays.
        case withdraw
        /// Another key is ordered as well; the old certificate runs out.
        case replace
        /// Another key is ordered as well, and the old certificate revoked once the new one is in use.
        case replaceAndRevoke
    }

    /// Who does not open a mailbox any more had its key in hand, so it is changed.
    public var onLeave = Leaver.replaceAndRevoke

    public init() {}
}

extension MailboxPolicy {
    /// Reads the key `mailboxes` of a template; nil for a template of people or requests.
    init?(_ reader: MappingReader) {
        guard reader.choice("for", of: TemplateSubject.self) == .mailboxes else {
            if reader.has("mailboxes") { reader.add("mailboxes", "goes with for: mailboxes") }
            return nil
        }
        self.init()
        guard let mailboxes = reader.mapping("mailboxes") else { return }
        onLeave = mailboxes.choice("onLeave", of: Leaver.self) ?? onLeave
        mailboxes.finish(known: ConfigurationKeys.names(in: "templates[].mailboxes"))
    }
}
