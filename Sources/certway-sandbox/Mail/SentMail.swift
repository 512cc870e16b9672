// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// A message that was accepted for sending.
struct SentMail: Sendable {
    /// Whose mailbox sends it.
    let sender: String
    let acceptedAt: Date
    let savesToSentItems: Bool
    /// As it came: Graph's message, or `{"mime": "..."}` with the decoded text of the other form.
    let message: JSONValue
    /// Addresses of all recipients, hidden ones too.
    let recipients: [String]

    var json: JSONValue {
        [
            "sender": .string(sender), "acceptedAt": .string(Timestamp.utc(acceptedAt)),
            "saveToSentItems": .bool(savesToSentItems), "message": message, "recipients": JSONValue(recipients),
        ]
    }
}
