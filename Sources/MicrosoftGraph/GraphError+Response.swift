// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import JSONDocuments

extension GraphError {
    /// Reads a failed answer. The status counts even when the body is plain text, HTML or cut off; JSON adds the
    /// service's word and reason (wire/graph-directory.md section 1, wire/intune-pfx.md section 9).
    init(_ response: HTTPResponse, to request: GraphRequest) {
        let error = (try? JSONValue(parsing: response.body))?["error"]
        let code = error?["code"]?.string
        let reason = error?["message"]?.string.map(Self.reason)
        let inner = error?["innerError"] ?? error?["innererror"]
        let requestID = inner?["request-id"]?.string ?? response.headers["request-id"]

        var message = "\(request.name) answered \(response.status)"
        if let code { message += " \(singleLine(code))" }
        if let reason, !reason.isEmpty { message += ": \(singleLine(reason))" }
        if let requestID { message += ", request-id \(singleLine(requestID))" }
        let kind = Self.kind(status: response.status, code: code ?? "", reason: reason ?? "")
        if let hint = Self.hint(kind, reason ?? "") { message += " (\(hint))" }
        self.init(
            kind, message, status: response.status, code: code, retryAfter: response.retryAfter,
            mayHaveExecuted: kind == .transient)
    }

    private static func kind(status: Int, code: String, reason: String) -> Kind {
        let isLostToken = ["syncstate", "resync", "expiredpagetoken"].contains { code.lowercased().contains($0) }
        return switch status {
        case 410: .restart
        case 400..<410 where isLostToken: .restart
        case 400, 403: reason.lowercased().contains("licen") ? .configuration : status == 400 ? .refused : .permission
        case 401: .authentication
        case 404: .notFound
        case 409, 412: .conflict
        // 3xx, 407, 408 and 425 are words of somebody on the way.
        case 300..<400, 407, 408, 423, 424, 425: .transient
        case 429: .throttled
        case 500...: .transient
        default: .refused
        }
    }

    private static func hint(_ kind: Kind, _ reason: String) -> String? {
        switch kind {
        // Exchange Online limits an application that has the permission (wire/graph-directory.md).
        case .permission where reason.contains("AccessPolicy"):
            "the permission is there, and a policy of Exchange Online limits it: let the policy include this mailbox; it takes up to an hour"
        case .authentication: "check cloud and tenant of the application"
        case .permission: "grant the application permission in Entra ID with admin consent; it takes some minutes"
        case .configuration: "check the tenant's licence"
        default: nil
        }
    }

    /// Intune wraps its answer as JSON text inside the message; its Message names an operation and an activity.
    private static func reason(_ message: String) -> String {
        guard let inner = try? JSONValue(parsing: message), let text = inner["Message"]?.string else { return message }
        return text
    }
}
