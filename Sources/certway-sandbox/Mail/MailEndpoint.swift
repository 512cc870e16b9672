// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// `POST /users/{id}/sendMail` (wire/graph-directory.md section 10).
struct MailEndpoint: Sendable {
    let directory: TenantDirectory
    let store: MailStore
    let access: GraphAccess
    let clock: SandboxClock

    /// About 4 MB for a whole request.
    private static let largestRequest = 4 << 20

    var routes: [Route] {
        [
            Route("graph.sendMail", "POST", "/v1.0/users/{user}/sendMail", subject: Self.subject) {
                try send($0)
            }
        ]
    }

    /// One person's mail is told apart from another's by whom it is for and what it is about.
    private static func subject(_ call: Call) -> String {
        let message = call.json?["message"]
        let to = message?["toRecipients"]?.array?.compactMap { $0["emailAddress"]?["address"]?.string } ?? []
        return (to + [message?["subject"]?.string ?? call.request.target]).joined(separator: " ")
    }

    private func send(_ call: Call) throws(Reply) -> Reply {
        let roles = try access.roles(call)
        guard roles.contains("Mail.Send") else {
            throw GraphError.reply(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        }
        guard let number = directory.presentNumber(call["user"]) else {
            throw GraphError.reply(404, "ErrorInvalidUser", "The requested user '\(call["user"])' is invalid.")
        }
        let sender = directory.state.person(number)
        guard sender.mailboxPurpose != nil else {
            throw GraphError.reply(
                404, "MailboxNotEnabledForRESTAPI",
                "The mailbox is either inactive, soft-deleted, or is hosted on-premise.")
        }
        guard !store.isRefused(sender.userPrincipalName) else {
            throw GraphError.reply(
                403, "ErrorAccessDenied",
                "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.")
        }
        guard call.request.body.count <= Self.largestRequest else {
            throw GraphError.reply(413, "RequestEntityTooLarge", "The size of the request is too large.")
        }
        store.accept(try call.isOfType("text/plain") ? mime(call, sender) : message(call, sender))
        return .empty(status: 202)
    }

    private func mime(_ call: Call, _ sender: Person) throws(Reply) -> SentMail {
        let text = String(decoding: call.request.body, as: UTF8.self).filter { !$0.isNewline }
        guard !text.isEmpty, let data = Data(base64Encoded: text) else {
            throw GraphError.reply(
                400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.")
        }
        let mail = String(decoding: data, as: UTF8.self)
        let addresses = Self.headerAddresses(mail)
        guard !addresses.isEmpty else { throw Self.invalidRecipients() }
        return SentMail(
            sender: sender.userPrincipalName, acceptedAt: clock.now, savesToSentItems: true,
            message: ["mime": .string(mail)], recipients: addresses)
    }

    /// Addresses of the fields that name recipients, continued lines included.
    private static func headerAddresses(_ mail: String) -> [String] {
        var fields: [String] = []
        for line in mail.replacingOccurrences(of: "\r\n", with: "\n").split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if line.isEmpty { break }
            if line.first == " " || line.first == "\t", let last = fields.popLast() {
                fields.append(last + " " + line.trimmingCharacters(in: .whitespaces))
            } else {
                fields.append(String(line))
            }
        }
        return fields.filter { field in
            ["to:", "cc:", "bcc:"].contains { field.lowercased().hasPrefix($0) }
        }.flatMap { field in
            field.split(whereSeparator: { " ,:<>;".contains($0) }).map(String.init).filter { $0.contains("@") }
        }
    }

    private func message(_ call: Call, _ sender: Person) throws(Reply) -> SentMail {
        guard let body = call.json, let message = body["message"], message.object != nil else {
            throw GraphError.badRequest("The parameter 'message' is missing.")
        }
        try Self.checkNames(body, ["message", "saveToSentItems"], "action sendMail")
        try Self.checkNames(message, Self.properties, "microsoft.graph.message")
        var recipients: [String] = []
        for name in ["toRecipients", "ccRecipients", "bccRecipients"] {
            guard let list = message[name] else { continue }
            guard let entries = list.array else { throw GraphError.badRequest("'\(name)' is not a collection.") }
            for entry in entries {
                guard let address = entry["emailAddress"]?["address"]?.string, Self.isAddress(address) else {
                    throw Self.invalidRecipients()
                }
                recipients.append(address)
            }
        }
        guard !recipients.isEmpty else { throw Self.invalidRecipients() }
        try checkSender(message["from"], sender)
        try Self.checkContent(message)
        return SentMail(
            sender: sender.userPrincipalName, acceptedAt: clock.now,
            savesToSentItems: body["saveToSentItems"]?.bool ?? true, message: message, recipients: recipients)
    }

    private static let properties: Set<String> = [
        "subject", "body", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "from", "sender", "importance",
        "internetMessageHeaders", "attachments", "categories", "isDeliveryReceiptRequested", "isReadReceiptRequested",
    ]

    private static func checkNames(_ value: JSONValue, _ known: Set<String>, _ type: String) throws(Reply) {
        for name in (value.object ?? [:]).keys where !known.contains(name) && !name.hasPrefix("@odata.") {
            throw GraphError.badRequest("The property '\(name)' does not exist on type '\(type)'.")
        }
    }

    private static func invalidRecipients() -> Reply {
        GraphError.reply(400, "ErrorInvalidRecipients", "At least one recipient is not valid.")
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && !text.contains { $0.isWhitespace || $0.isNewline }
    }

    private func checkSender(_ from: JSONValue?, _ sender: Person) throws(Reply) {
        guard let address = from?["emailAddress"]?["address"]?.string?.lowercased() else { return }
        let own = [sender.mail, sender.userPrincipalName].compactMap { $0?.lowercased() }
        guard own.contains(address) else {
            throw GraphError.reply(
                403, "ErrorSendAsDenied",
                "The user account which was used to submit this request does not have the right to send mail on behalf of "
                    + "the specified sending account.")
        }
    }

    /// Body, headers and attachments.
    private static func checkContent(_ message: JSONValue) throws(Reply) {
        if let body = message["body"] {
            guard ["text", "html"].contains(body["contentType"]?.string?.lowercased() ?? ""),
                body["content"]?.string != nil
            else { throw GraphError.badRequest("'body' needs 'contentType' text or html and 'content'.") }
        }
        let headers = message["internetMessageHeaders"]?.array ?? []
        let good = headers.allSatisfy {
            $0["name"]?.string?.lowercased().hasPrefix("x-") == true && $0["value"]?.string != nil
        }
        guard good, headers.count <= 5 else {
            throw GraphError.reply(
                400, "InvalidInternetMessageHeader",
                "The internet message header name should start with 'x-' or 'X-', and there are at most 5.")
        }
        for attachment in message["attachments"]?.array ?? [] {
            guard attachment["@odata.type"]?.string == "#microsoft.graph.fileAttachment",
                attachment["name"]?.string?.isEmpty == false, let text = attachment["contentBytes"]?.string,
                let bytes = Data(base64Encoded: text)
            else { throw GraphError.badRequest("An attachment is not a fileAttachment with name and contentBytes.") }
            guard bytes.count < 3 << 20 else {
                throw GraphError.reply(
                    413, "ErrorMessageSizeExceeded", "The attachment is too large to be sent inline.")
            }
        }
    }
}
