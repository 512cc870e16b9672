// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import JSONDocuments
import MicrosoftGraph

extension GraphError {
    /// Reads a failed answer of the endpoint. The status counts even where the body is empty, plain text or HTML
    /// (wire/exchange-online.md section 5).
    init(exchange response: HTTPResponse, to cmdlet: String) {
        let error = (try? JSONValue(parsing: response.body))?["error"]
        // `Ex6F9304|Microsoft.Exchange.…Exception|The operation couldn't be performed …`
        let parts = (error?["details"]?[0]?["message"]?.string ?? "").split(
            separator: "|", omittingEmptySubsequences: false)
        let thrown = parts.count >= 3 ? String(parts[1]) : nil
        let text =
            parts.last.map(String.init).flatMap { $0.isEmpty ? nil : $0 }
            ?? error?["innererror"]?["internalexception"]?["message"]?.string ?? error?["message"]?.string
            ?? (error == nil && !Self.isMarkup(response) ? response.text : "")
        let finding = Finding(status: response.status, thrown: thrown ?? "", text: text)

        var message = "\(cmdlet) answered \(response.status)"
        if let word = thrown?.split(separator: ".").last ?? error?["code"]?.string?[...] {
            message += " \(singleLine(word))"
        }
        if !text.isEmpty { message += ": \(singleLine(text))" }
        if let hint = finding.hint { message += " (\(hint))" }
        self.init(
            finding.kind, message, status: response.status, code: finding.code ?? error?["code"]?.string,
            retryAfter: response.retryAfter)
    }

    private static func isMarkup(_ response: HTTPResponse) -> Bool {
        response.headers["Content-Type"]?.lowercased().contains("html") == true || response.text.hasPrefix("<")
    }

    /// What status, exception and text mean together.
    private struct Finding {
        let kind: Kind
        var code: String?
        var hint: String?

        init(status: Int, thrown: String, text: String) {
            let text = text.lowercased()
            func says(_ words: String...) -> Bool { words.contains { text.contains($0) } }
            if says("synchronized from your on-premises", "out of the current user's write scope") {
                self.init(
                    .configuration, ExchangeAnswer.synchronisedObject,
                    "it is mastered in the on-premises directory: publish there, by LDAP")
            } else if thrown.contains("ManagementObjectNotFoundException") {
                self.init(.notFound)
            } else if says("is not recognized") || status == 404 {
                self.init(
                    .permission, nil,
                    "a cmdlet that the application's role does not allow is reported as unknown: look at its role in Exchange"
                )
            } else {
                self.init(status: status, isCrowded: says("maximum number of concurrent requests"))
            }
        }

        private init(status: Int, isCrowded: Bool) {
            switch status {
            case 401:
                self.init(
                    .authentication, nil,
                    "the application needs the permission \(ExchangeAdminClient.permission.name) of Office 365 Exchange Online with "
                        + "admin consent")
            case 403:
                self.init(
                    .permission, nil,
                    "give the service principal the role Exchange Recipient Administrator; it takes an hour to count")
            case 429: self.init(.throttled)
            case 500: self.init(isCrowded ? .throttled : .outcomeUnknown)
            case 300..<400, 407, 408, 425, 501...: self.init(.transient)
            default: self.init(.refused)
            }
        }

        private init(_ kind: Kind, _ code: String? = nil, _ hint: String? = nil) {
            self.kind = kind
            self.code = code
            self.hint = hint
        }
    }
}
