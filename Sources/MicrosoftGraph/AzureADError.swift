// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import JSONDocuments

/// What the codes of the token service mean and who must act (wire/entra-oauth.md section 3). The text of an answer
/// changes, the numbers do not.
enum AzureADError {
    struct Row: Sendable {
        let codes: [Int]
        let kind: GraphError.Kind
        let meaning: String
        /// What the operator does; nil where waiting is all.
        let nextStep: String?
    }

    static let table: [Row] = [
        Row(
            codes: [7_000_215], kind: .authentication, meaning: "the client secret is wrong",
            nextStep: "store the secret's value, not its id"),
        Row(
            codes: [7_000_222], kind: .authentication, meaning: "the client secret has expired",
            nextStep: "make a new secret for the application in Entra ID and store it"),
        Row(
            codes: [7_000_216, 7_000_218, 900_144], kind: .authentication,
            meaning: "a credential or parameter is missing", nextStep: "configure a client secret or a certificate"),
        Row(
            codes: [700_016], kind: .configuration, meaning: "the application is not known in this tenant",
            nextStep: "compare client id and tenant with the registration"),
        Row(
            codes: [90_002], kind: .configuration, meaning: "the tenant does not exist in this cloud",
            nextStep: "check tenant id and cloud"),
        Row(
            codes: [500_011], kind: .permission, meaning: "the resource has no service principal in this tenant",
            nextStep: "grant admin consent to the application's permissions"),
        Row(
            codes: [70_011, 1_002_012, 28_000], kind: .configuration, meaning: "the scope is not valid",
            nextStep: "ask for one resource followed by /.default"),
        Row(
            codes: [700_027], kind: .authentication,
            meaning: "the certificate is not registered, has expired or the signature is wrong",
            nextStep: "upload the configured certificate to the application in Entra ID"),
        Row(
            codes: [700_024], kind: .authentication, meaning: "the assertion is outside its time range",
            nextStep: "set this machine's clock"),
        Row(
            codes: [50_027, 50_012], kind: .authentication,
            meaning: "the assertion is malformed or for another audience",
            nextStep: "check tenant and certificate"),
        Row(
            codes: [7_000_112], kind: .authentication, meaning: "the application is disabled",
            nextStep: "enable the enterprise application in Entra ID"),
        Row(
            codes: [53_003], kind: .permission, meaning: "conditional access blocks this application",
            nextStep: "allow this machine's address in the policy for workload identities"),
        Row(
            codes: [70_021, 700_211, 700_213, 7_002_138], kind: .authentication,
            meaning: "no federated credential matches issuer, subject and audience",
            nextStep: "compare them letter by letter; a new credential works after some minutes"),
        Row(
            codes: [50_196], kind: .throttled, meaning: "the same request was sent too often",
            nextStep: nil),
        Row(
            codes: [90_006, 90_012, 90_024, 90_033, 90_055, 90_090], kind: .transient,
            meaning: "the token service is busy", nextStep: nil),
    ]

    /// The failure an answer of the token service stands for; the body may be JSON, plain text or HTML.
    static func graphError(of response: HTTPResponse, body: JSONValue?) -> GraphError {
        let codes = body?["error_codes"]?.array?.compactMap(\.int) ?? []
        let row = table.first { row in row.codes.contains { codes.contains($0) } }
        let word = body?["error"]?.string
        let firstLine = body?["error_description"]?.string.map { $0.prefix { !$0.isNewline } }
        let trace = [("trace id", body?["trace_id"]), ("correlation id", body?["correlation_id"])]
            .compactMap { name, value in value?.string.map { "\(name) \(singleLine($0))" } }
        var message = "the token service answered \(response.status)"
        if let row {
            message += ": \(row.meaning)" + (row.nextStep.map { " (\($0))" } ?? "")
        } else if let word {
            message += " \(singleLine(word))" + (firstLine.map { ": \(singleLine($0))" } ?? "")
        } else if body == nil {
            message += " with a body that is not JSON"
        }
        if let code = codes.first { message += ", AADSTS\(code)" }
        if !trace.isEmpty { message += ", " + trace.joined(separator: ", ") }
        return GraphError(
            row?.kind ?? kind(word: word, status: response.status), message, status: response.status,
            code: codes.first.map { "AADSTS\($0)" }, retryAfter: response.retryAfter)
    }

    private static func kind(word: String?, status: Int) -> GraphError.Kind {
        switch (status, word) {
        case (429, _): .throttled
        case (500..., _), (_, "temporarily_unavailable"), (_, "server_error"): .transient
        // Not the service's words, but of somebody on the way to it.
        case (300..<400, nil), (407...409, nil), (425, nil): .transient
        case (_, "invalid_client"), (_, "unauthorized_client"), (_, "invalid_grant"): .authentication
        case (_, "access_denied"): .permission
        default: .configuration
        }
    }
}
