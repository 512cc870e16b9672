// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
public import MailTransport
public import MicrosoftGraph

/// Sends from a mailbox of the tenant (wire/graph-directory.md section 10). Graph gives neither an id nor a way to ask by one: what it
/// has answered with 202 is accepted, and of what got no answer nobody knows.
public struct GraphMailSender: MailSender {
    /// The permission of the application.
    public static let permission = GraphPermission(name: "Mail.Send", wider: [])

    private let graph: GraphClient

    public init(_ graph: GraphClient) { self.graph = graph }

    public func send(_ message: MailMessage) async throws(MailError) {
        var mail: JSONValue = [
            "subject": .string(message.subject),
            "body": ["contentType": "Text", "content": .string(message.text)],
            "toRecipients": [
                [
                    "emailAddress": [
                        "name": .string(message.toName), "address": .string(message.to.text),
                    ]
                ]
            ],
            "internetMessageHeaders": [
                ["name": "x-certway-event", "value": .string(message.event)],
                ["name": "x-certway-notice", "value": .string(message.id)],
            ],
        ]
        if let file = message.attachment {
            mail["attachments"] = [
                [
                    "@odata.type": "#microsoft.graph.fileAttachment", "name": .string(file.name),
                    "contentType": .string(file.mediaType),
                    "contentBytes": .string(file.content.withBytes { Data($0) }.base64EncodedString()),
                ]
            ]
        }
        // What is sent is kept in no mailbox but the recipient's.
        let body: JSONValue = ["message": mail, "saveToSentItems": false]
        do {
            var request = GraphRequest("POST", ["users", message.from.text, "sendMail"], body: body)
            // Links and passwords stand in it.
            request.isConfidential = true
            try await graph.send(request)
        } catch let error as GraphError {
            throw MailError(Self.kind(error), error.message, retryAfter: error.retryAfter)
        } catch {
            // Stopped while it was on its way.
            throw MailError(.outcomeUnknown, "the sending was stopped: \(error)")
        }
    }

    private static func kind(_ error: GraphError) -> MailError.Kind {
        switch error.kind {
        case .outcomeUnknown: .outcomeUnknown
        case .transient, .throttled, .restart, .endless: .later
        case .authentication, .permission, .configuration, .notFound: .configuration
        // 400: the recipient, or what is in the mail (`ErrorInvalidRecipients`).
        case .refused, .conflict: .refused
        }
    }
}
