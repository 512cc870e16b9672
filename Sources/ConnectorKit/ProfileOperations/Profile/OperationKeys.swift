// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit

/// The description of every key that a profile with operations may have.
enum OperationKeys {
    /// The engine's keys and those of a format, in the order in which a profile shows them.
    static func all(of format: any MessageFormat.Type) -> [ProfileKey] {
        let described = format.profileKeys
        func own(_ prefix: String) -> [ProfileKey] { described.filter { $0.path.hasPrefix(prefix) } }
        let request = own("operations.*.request.")
        let names = Set(request.map(\.path))
        let operation = own("operations.").filter { !names.contains($0.path) }
        let sections = described.filter { !$0.path.hasPrefix("login.") && !$0.path.hasPrefix("operations.") }
        // A format that describes a key more exactly than the engine has the last word.
        let common = OperationKeys.request.filter { !names.contains($0.path) }
        return settings(format) + login(format) + own("login.") + requestOptions + prepare(format) + sections
            + operations(format) + request
            + common
            + operation + outcomes(format) + errors(format)
    }

    private static func settings(_ format: any MessageFormat.Type) -> [ProfileKey] {
        [
            ProfileKey(
                "settings", "mapping",
                "What the administrator gives for a backend CA; programs see it as `.settings`, those of `login` its secrets, too.",
                example: format.examples["settings"])
        ]
    }

    private static func login(_ format: any MessageFormat.Type) -> [ProfileKey] {
        [
            ProfileKey(
                "login", "mapping, or list of mappings",
                "How requests prove who we are; only its programs see secrets in `.settings`.",
                example: format.examples["login"]),
            ProfileKey(
                "login.when", "jq",
                "Whether the login is for these settings; with several logins in a list, the first that fits counts."),
            ProfileKey("login.headers", "mapping of header to text with holes", "Sent with every request."),
            ProfileKey(
                "login.query", "mapping of name to text with holes",
                "Part of every request's address, hidden in traces."),
            ProfileKey("login.basic", "mapping", "HTTP Basic (RFC 7617)."),
            ProfileKey("login.basic.user", "text with holes", isRequired: true, "Name."),
            ProfileKey("login.basic.password", "text with holes", isRequired: true, "Password."),
            ProfileKey("login.clientCertificate", "mapping", "TLS client certificate; its end is watched by `check`."),
            ProfileKey(
                "login.clientCertificate.credential", "text", isRequired: true,
                "Secret setting with the certificate, its chain and its key: PEM, or a PKCS #12 file."),
            ProfileKey(
                "login.clientCertificate.password", "text",
                "Secret setting with the password of the PKCS #12 file or of the encrypted key."),
        ]
    }

    private static let requestOptions = [
        ProfileKey(
            "requestOptions", "mapping", "What all requests of operations have in common.",
            example: "{headers: {Accept-Language: en}, timeout: 30s}"),
        ProfileKey(
            "requestOptions.headers", "mapping of header to text with holes",
            "Sent where a request has none of the name."),
        ProfileKey("requestOptions.timeout", "duration", "Bound for one exchange; 60s when left out."),
    ]

    private static func prepare(_ format: any MessageFormat.Type) -> [ProfileKey] {
        [
            ProfileKey(
                "prepare", "mapping",
                "Reads whose values the programs of operations see as `.prepared.NAME`, such as a policy or the CA's chain; "
                    + "for operations that say `needs: [NAME]`.",
                example: format.examples["prepare"]),
            ProfileKey(
                "prepare.*.request", "mapping", isRequired: true, "The call, described like an operation's request."),
            ProfileKey("prepare.*.value", "jq", isRequired: true, "What to keep of the answer."),
            ProfileKey(
                "prepare.*.lifetime", "duration", isRequired: true,
                "How long it is kept; an answer 4xx to a request that was made of it ends it earlier, and so does a "
                    + "certificate whose issuer is not in the answer."),
        ]
    }

    private static func operations(_ format: any MessageFormat.Type) -> [ProfileKey] {
        [
            ProfileKey(
                "operations", "mapping", isRequired: true,
                "One mapping for each operation: check and enroll always, one for each ability, and follow-ups of any name. "
                    + "Known: \(Operation.known.map(\.name).joined(separator: ", ")).",
                example: format.examples["operations"]),
            ProfileKey(
                "operations.*.like", "text",
                "Name of the operation that this one equals; nothing else stands beside it."),
            ProfileKey("operations.*.needs", "list of text", "Names below `prepare` whose values its programs see."),
            ProfileKey(
                "operations.*.request", "mapping", isRequired: true,
                "The request. Nothing in it can name a host. Its programs see `.request` (reference, product, names as in "
                    + "`products[].names`, subject, csr.pem, csr.der, csr.publicKey, validityDays, purpose, options, "
                    + "submittedAt), `.order` (caRequestID, identifiers), `.settings` without secrets, `.now` in seconds "
                    + "since 1970, `.prepared` and `.operation`; renew also `.predecessor`, cancel `.note`, lists "
                    + "`.cursor`, revoke `.revocation` (reason in the CA's word, reasonName, reasonCode, comment, "
                    + "serialNumber in hex, issuer, certificate in PEM). A program that ends with "
                    + "`error({configuration: TEXT})` or `error({refused: TEXT})` sends nothing and tells why."),
        ]
    }

    private static let request = [
        ProfileKey(
            "operations.*.request.path", "text with holes",
            "Path below the endpoint; what holes give is percent-encoded."),
        ProfileKey("operations.*.request.headers", "mapping of header to text with holes", "Further headers."),
        ProfileKey("operations.*.request.timeout", "duration", "Bound for this exchange."),
    ]

    private static func outcomes(_ format: any MessageFormat.Type) -> [ProfileKey] {
        [
            ProfileKey(
                "operations.*.answers", "jq",
                "The id of the order that the answer is about, or where the id is a serial number, the certificate in PEM; null "
                    + "where an answer does not tell. One about another order than `.order.caRequestID` is not believed, and "
                    + "asked for again. For operations about an order."),
            ProfileKey(
                "operations.*.outcomes", "list of mappings", isRequired: true,
                "Rules that read the answer, tried in order: `when` and one outcome. Programs see `.status`, `.headers` with "
                    + "names in small letters, "
                    + "\(format.answerMembers) beside what the request saw. Where none applies, the table errors counts."
            ),
            ProfileKey("operations.*.outcomes[].when", "jq", isRequired: true, "Whether the rule applies."),
        ] + OutcomeKind.allCases.flatMap(outcome) + [
            ProfileKey(
                "operations.findByReference.match", "jq",
                "Whether a candidate's polled answer is the order searched for: true, false, or null where the answer does not tell, as "
                    + "where the reference is missing in it, which `same_reference` tells. It sees the answer to `poll`, before any `then`. False is a proof: on it an order is placed again. An answer that "
                    + "`answers` of `poll` does not find the order's id in tells nothing. Left out: every candidate is."
            ),
            ProfileKey(
                "operations.findByReference.matchKey", "true or false",
                "Whether a candidate is the order searched for by the key of its certificate, where the CA keeps no reference."
            ),
        ]
    }

    private static func errors(_ format: any MessageFormat.Type) -> [ProfileKey] {
        [
            ProfileKey(
                "errors", "list of mappings", "The error table, tried in order where no outcome applies.",
                example: format.examples["errors"]),
            ProfileKey(
                "errors[].when", "jq", isRequired: true,
                "Whether the rule applies; `.operation` is the operation's name."),
            ProfileKey(
                "errors[].kind", "word",
                "By the status when left out. For "
                    + "enroll and renew it is also the word that no order was made: without one, where the rule goes by the "
                    + "status alone, after 3xx, 408, 409 and 425, for transient after 5xx, and where the answer is not in "
                    + "the CA's format, the order is searched for until absence is sure.",
                words: ConnectorError.Kind.allCases.map(\.rawValue)),
            ProfileKey(
                "errors[].ifAbsent", "word",
                "For outcomeUnknown: which of the other kinds it is when the search finds no order; left out: the order is "
                    + "placed again.", words: ConnectorError.Kind.allCases.map(\.rawValue)),
            ProfileKey("errors[].message", "jq", "The CA's own words."),
            ProfileKey("errors[].retryAfter", "duration", "When to try again, where no header tells."),
        ]
    }

    private static func outcome(_ kind: OutcomeKind) -> [ProfileKey] {
        let path = "operations.*.outcomes[].\(kind.rawValue)"
        let places = Operation.known.filter { $0.outcomes.contains(kind) }.map(\.name).joined(separator: ", ")
        return [ProfileKey(path, "mapping", "\(kind.help) For \(places).")]
            + kind.members.map { member in
                let (type, words) =
                    switch member.type {
                    case .program: ("jq", [String]())
                    case .duration: ("duration", [])
                    case .word(let words): ("word", words)
                    case .operation: ("text", [])
                    }
                return ProfileKey(
                    "\(path).\(member.key)", type, isRequired: member.isRequired, member.help, words: words)
            }
    }
}
