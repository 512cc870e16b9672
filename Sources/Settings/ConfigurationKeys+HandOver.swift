// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import YAMLDocuments

extension ConfigurationKeys {
    static let handOver: [ProfileKey] = {
        let standard = HandOverConfiguration()
        return [
            ProfileKey(
                "handOver", "mapping",
                "Certificates with their keys for people whose device nobody manages; nothing is handed over when left out."
            ),
            ProfileKey(
                "handOver.lifetime", "duration",
                "How long a link is good, 5m to 30d; \(standard.lifetime.text) when left out."),
            ProfileKey(
                "handOver.keepKeyFor", "duration",
                "How long after delivery the sealed working copy of a key is kept to be handed over, at most 30d; erased at once when left out. "
                    + "Keys of signing certificates have no other way to a second device."),
            ProfileKey(
                "handOver.byMail", "mapping",
                "Lets the helpdesk mail a file with certificate and key to its owner (`certway handover mail`), and its password to another "
                    + "mailbox; never when left out. Whoever reads both mailboxes has the key."),
            ProfileKey(
                "handOver.byMail.passwordTo", "text", isRequired: true,
                "Mail address for the passwords: of whoever hands them over by another channel. Another mailbox than `notifications.from`, to "
                    + "which files come back that could not be delivered, and than the owner's."),
        ]
    }()
}
