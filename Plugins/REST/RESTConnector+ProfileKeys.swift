// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

extension RESTConnector: ProfileDescribing {
    public static let profileKeys: [ProfileKey] =
        [
            ProfileKey(
                "login", "mapping", "How requests prove who we are; only its programs see secrets in `.settings`.",
                example: "\n  headers: {X-Api-Key: \"${ .settings.apiKey }\"}"),
            ProfileKey("login.headers", "mapping of header to text with holes", "Sent with every request."),
            ProfileKey("login.basic", "mapping", "HTTP Basic (RFC 7617)."),
            ProfileKey("login.basic.user", "text with holes", isRequired: true, "Name."),
            ProfileKey("login.basic.password", "text with holes", isRequired: true, "Password."),
            ProfileKey("login.clientCertificate", "mapping", "TLS client certificate."),
            ProfileKey(
                "login.clientCertificate.certificate", "text with holes", isRequired: true,
                "Certificate and its intermediates in PEM."),
            ProfileKey(
                "login.clientCertificate.key", "text with holes", isRequired: true,
                "Its private key in PEM, not encrypted."
            ),
            ProfileKey("login.token", "mapping", "A login call whose token further requests carry, such as OAuth2."),
            ProfileKey(
                "login.token.request", "mapping", isRequired: true,
                "The call, described like an operation's request; both bodies stay out of every trace."),
            ProfileKey(
                "login.token.request.addressFrom", "text",
                "Text setting without default that holds the address, where logins go to another host."),
        ] + request("login.token.request") + [
            ProfileKey("login.token.token", "jq", isRequired: true, "The token in the answer."),
            ProfileKey("login.token.expiresIn", "jq", "Its lifetime in seconds, as the answer tells."),
            ProfileKey("login.token.lifetime", "duration", "Its lifetime, where the answer does not tell."),
            ProfileKey("login.token.header", "text", "Header that carries it; Authorization when left out."),
            ProfileKey(
                "login.token.value", "text with holes", "The header's value; `Bearer ${ .token }` when left out."),
            ProfileKey("requestOptions", "mapping", "What all requests of operations have in common."),
            ProfileKey(
                "requestOptions.headers", "mapping of header to text with holes",
                "Sent where a request has none of the name."),
            ProfileKey("requestOptions.timeout", "duration", "Bound for one exchange; 60s when left out."),
            ProfileKey(
                "operations", "mapping", isRequired: true,
                "One mapping for each operation: check and enroll always, one for each ability, and follow-ups of any name. "
                    + "Known: \(RESTOperation.known.map(\.name).joined(separator: ", ")).",
                example: """

                      check:
                        request: {method: GET, path: /account}
                        outcomes:
                          - {when: '.status == 200', account: {name: '.json.name'}}
                      enroll:
                        request: {method: POST, path: /orders, json: '{csr: .request.csr.pem, note: .request.reference}'}
                        outcomes:
                          - {when: '.json.chain', issued: {chain: '[.json.chain[].pem]', orderID: '.json.id'}}
                          - {when: '.status == 201', pending: {orderID: '.json.id', waitingFor: subscriber, retryAfter: 15m}}
                      poll:
                        request: {method: GET, path: "/orders/${ .order.caRequestID }"}
                        outcomes:
                          - {when: '.json.status == "issued"', issued: {chain: '[.json.chain[].pem]'}}
                          - {when: '.json.status == "pending"', pending: {waitingFor: subscriber}}
                    """),
            ProfileKey(
                "operations.*.request", "mapping", isRequired: true, "The request. Nothing in it can name a host."),
        ] + request("operations.*.request") + [
            ProfileKey(
                "operations.*.outcomes", "list of mappings", isRequired: true,
                "Rules that read the answer, tried in order: `when` and one outcome. Programs see `.status`, `.headers`, "
                    + "`.json` (or `.body` for other text) beside what the request saw. Where none applies, the table errors counts."
            ),
            ProfileKey("operations.*.outcomes[].when", "jq", isRequired: true, "Whether the rule applies."),
        ] + OutcomeKind.allCases.flatMap(outcome) + [
            ProfileKey(
                "operations.findByReference.match", "jq",
                "Whether a candidate's polled answer is the order searched for; left out: every candidate is."),
            ProfileKey(
                "errors", "list of mappings", "The error table, tried in order where no outcome applies.",
                example: "[{when: '.status == 402', kind: configuration, message: '.json.description'}]"),
            ProfileKey(
                "errors[].when", "jq", isRequired: true,
                "Whether the rule applies; `.operation` is the operation's name."),
            ProfileKey(
                "errors[].kind", "word",
                "\(ConnectorError.Kind.allCases.map(\.rawValue).joined(separator: ", ")); by the status when left out."),
            ProfileKey("errors[].message", "jq", "The CA's own words."),
            ProfileKey("errors[].retryAfter", "duration", "When to try again, where no header tells."),
        ]

    private static func request(_ path: String) -> [ProfileKey] {
        [
            ProfileKey("\(path).method", "word", isRequired: true, "\(RequestReader.methods.joined(separator: ", "))."),
            ProfileKey(
                "\(path).path", "text with holes", "Path below the endpoint; what holes give is percent-encoded."),
            ProfileKey("\(path).headers", "mapping of header to text with holes", "Further headers."),
            ProfileKey("\(path).query", "jq", "Object of query values; null is left out, a list repeats the name."),
            ProfileKey("\(path).json", "jq", "The body as JSON; members that are null are left out."),
            ProfileKey("\(path).form", "jq", "The body as a form, described like query."),
            ProfileKey("\(path).timeout", "duration", "Bound for this exchange."),
        ]
    }

    private static func outcome(_ kind: OutcomeKind) -> [ProfileKey] {
        let path = "operations.*.outcomes[].\(kind.rawValue)"
        let places = RESTOperation.known.filter { $0.outcomes.contains(kind) }.map(\.name).joined(separator: ", ")
        return [ProfileKey(path, "mapping", "\(kind.help) For \(places).")]
            + kind.members.map { member in
                let (type, words) =
                    switch member.type {
                    case .program: ("jq", [String]())
                    case .duration: ("duration", [])
                    case .word(let words): ("word", words)
                    case .operation: ("text", [])
                    }
                let known = words.isEmpty ? "" : " Known: \(words.joined(separator: ", "))."
                return ProfileKey("\(path).\(member.key)", type, isRequired: member.isRequired, member.help + known)
            }
    }
}
