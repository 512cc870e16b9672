// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import PKIX

extension ProfileKey {
    private static let days = 1...36_500

    /// The keys every profile has, whatever its module, in the order in which a profile shows them.
    public static let common: [ProfileKey] =
        [
            ProfileKey(
                "connector", "text", isRequired: true,
                "Name of the connector: small letters, digits and hyphens. The file is called after it.",
                example: "example-ca"),
            ProfileKey("title", "text", isRequired: true, "Name of the CA product for people.", example: "Example CA"),
            ProfileKey(
                "module", "text", isRequired: true, "Kind of the connector module that speaks the CA's protocol.",
                example: "rest"),
            ProfileKey("enabled", "true or false", "Whether backend CAs may use the profile; true when left out."),
            ProfileKey(
                "documentation", "list of text", "Where the CA documents its interface; never called by the gateway.",
                example: "[https://docs.example.com/api]"),
            ProfileKey(
                "environments", "mapping",
                "Base addresses by name, the first is the default. The only hosts the connector can reach; https, or http for "
                    + "this machine's own addresses.",
                example: "{production: \"https://api.example.com/v1\", sandbox: \"https://sandbox.example.com/v1\"}"),
            ProfileKey("environments.*", "text", "Address that every path of an operation is appended to."),
            ProfileKey(
                "settings", "mapping", "What the administrator gives for a backend CA; programs see it as `.settings`.",
                example: "\n  apiKey: {type: secret, title: API key, help: from the CA's portal}"),
        ] + setting("settings.*") + [
            ProfileKey(
                "settings.*.identifiesAccount", "true or false",
                "Whether its value says which CA or account at the CA is meant. Orders belong to the account they were placed at:"
                    + " a change of such a setting is refused while some are under way. Not for secrets."),
            ProfileKey(
                "settings.*.signsIn", "true or false",
                "Whether its value is part of how one signs in, such as a user name, and may change while the account stays. What "
                    + "another login does not see counts for nothing: an order placed before waits for a person then. Not for "
                    + "secrets, all of which sign in."),
            ProfileKey(
                "limits", "list of mappings", "Rate limits; all of them hold, across all work on one backend CA.",
                example: "[{requests: 100, per: 5s}]"),
            ProfileKey(
                "limits[].requests", "whole number", isRequired: true, "How many requests fit in the time.",
                in: 1...1_000_000),
            ProfileKey("limits[].per", "duration", isRequired: true, "The time, such as 5s or 3m."),
            ProfileKey(
                "products", "list of mappings", "What the CA sells or offers, and what each takes.",
                example: "\n  - {id: smime, title: S/MIME, keyTypes: [rsa2048], names: {required: [emails]}}"),
            ProfileKey("products[].id", "text", isRequired: true, "Id as the CA spells it."),
            ProfileKey("products[].title", "text", isRequired: true, "Name for people."),
            ProfileKey("products[].aliases", "list of text", "Other ids of the same product."),
            ProfileKey(
                "products[].keyTypes", "list of words",
                "Keys it takes. Left out: not known.", words: words(KeyType.allCases)),
            ProfileKey(
                "products[].purposes", "list of words",
                "What its certificates are for. Left out: not known.", words: words(CertificatePurpose.allCases)),
            ProfileKey(
                "products[].validityDays", "list of whole numbers, or mapping",
                "Lengths of validity in days, each of them or from minimum to maximum.", in: days),
            ProfileKey(
                "products[].validityDays.minimum", "whole number", "Shortest validity; 1 when left out.", in: days),
            ProfileKey(
                "products[].validityDays.maximum", "whole number", isRequired: true, "Longest validity.", in: days),
            ProfileKey(
                "products[].names", "mapping", "Which names it takes."),
            ProfileKey(
                "products[].names.required", "list of words", "Names without which the CA refuses the order.",
                words: RequestedNames.keys),
            ProfileKey(
                "products[].names.allowed", "list of words", "All names it takes; left out: not known.",
                words: RequestedNames.keys),
            ProfileKey(
                "products[].accept", "mapping",
                "What its certificates say beyond what is asked for; anything else holds the order, unless the template accepts it.",
                example: "{extendedKeyUsages: [documentSigning], subject: {serialNumber: remark}}"),
            ProfileKey(
                "products[].accept.extendedKeyUsages", "list of text",
                "Purposes beyond that of the order, by name or object identifier. For purposes that log on, the template's word "
                    + "is needed as well."),
            ProfileKey(
                "products[].accept.subject", "mapping",
                "By subject attribute: the values it may have, or remark where the CA may set anything."),
            ProfileKey(
                "products[].accept.subject.*", "list of text, or word", "Values; or a word.", words: ["hold", "remark"]),
            ProfileKey(
                "products[].smime", "mapping",
                "Which kind of publicly trusted S/MIME certificate it is (CA/Browser Forum S/MIME BR 7.1.6.1), by which the rules are "
                    + "chosen that an order must keep (`certway rules list`). Left out: none, such as of a private CA.",
                example: "{type: mailbox, generation: multipurpose}"),
            ProfileKey(
                "products[].smime.type", "word", isRequired: true, "Whom the subject names.",
                words: words(PublicSMIMEKind.Subject.allCases)),
            ProfileKey(
                "products[].smime.generation", "word", "Left out: not known.",
                words: words(PublicSMIMEKind.Generation.allCases)),
            ProfileKey(
                "products[].smime.generationSetting", "text",
                "Setting whose value is the generation, where the account chooses it."),
            ProfileKey("products[].from", "date", "First day on which it can be ordered, such as 2025-07-10."),
            ProfileKey("products[].until", "date", "First day on which it can no longer be ordered."),
            ProfileKey(
                "products[].options", "mapping",
                "What a template may choose for it, described like settings; programs see it as `.request.options`. Left out: anything."
            ),
        ] + setting("products[].options.*") + [
            ProfileKey(
                "revocationReasons", "mapping",
                "The CA's word or number for each reason it takes, by the name of RFC 5280 §5.3.1; null for one it does not.",
                example: "{keyCompromise: key_compromise, superseded: superseded}"),
            ProfileKey("revocationReasons.*", "text, whole number or null", "What is sent for this reason."),
            ProfileKey(
                "abilities", "list of words",
                "What the CA product offers beyond check and enroll. Where the profile has "
                    + "operations, each works through the operation of its name, and one that is listed without it is a red check "
                    + "of `certway ca conformance`; where it has none, this list switches them on.",
                words: words(ConnectorAbility.allCases), example: "[poll, revoke, findByReference]"),
            ProfileKey(
                "missing", "mapping", "What people do instead of something the CA cannot do, by ability.",
                example: "{inventory: look in the console of the CA}"),
            ProfileKey(
                "missing.*", "text", "Follows \"… cannot revoke certificates:\" in messages; one or two sentences."),
            ProfileKey(
                "absenceIsSureAfter", "duration",
                "How long after a lost answer an order may still turn up in the CA's lists; only then is absence a proof.",
                example: "15m"),
            ProfileKey(
                "certifiesAnyAddress", "true or false",
                "True for a CA that checks no addresses itself: what the template asks for is certified.",
                example: "true"),
            ProfileKey(
                "caaIdentifiers", "list of text",
                "Domains by which CAA records of mail domains mean this CA (RFC 9495), as its certification practice statement names "
                    + "them. Left out: not known, and a domain that names others is a warning only.",
                example: "[ca.example]"),
            ProfileKey(
                "chain", "mapping", "What is to be known about the chain beyond what the CA sends.",
                example: "{roots: [\(String(repeating: "00112233445566778899aabbccddeeff", count: 2))]}"),
            ProfileKey(
                "chain.intermediates", "list of text", "CA certificates in PEM that the CA does not send along."),
            ProfileKey(
                "chain.roots", "list of text", "SHA-256 fingerprints, in hex, of the roots the CA's chains end in."),
        ]

    /// Top-level keys whose content only the module understands; a key named like the module's kind is one, too.
    public static let sections = ["login", "requestOptions", "prepare", "operations", "errors"]

    private static func setting(_ path: String) -> [ProfileKey] {
        [
            ProfileKey(
                "\(path).type", "word", isRequired: true, "Kind of the value.",
                words: words(SettingSchema.ValueType.allCases)),
            ProfileKey("\(path).title", "text", isRequired: true, "Name of the field for people."),
            ProfileKey("\(path).help", "text", "What it is and where to find it."),
            ProfileKey("\(path).required", "true or false", "True when left out, unless there is a default."),
            ProfileKey("\(path).default", "any value that fits", "Used when nothing is given; not for secrets."),
            ProfileKey(
                "\(path).rank", "whole number", "Order of the fields in a form; the order of the file otherwise.",
                in: -1000...1000),
            ProfileKey("\(path).choices", "list of words, or mapping of word to title", "The words that fit a choice."),
            ProfileKey("\(path).choicesFrom", "text", "Operation of this file that lists the choices at the CA."),
        ]
    }

    private static func words(_ cases: [some RawRepresentable<String>]) -> [String] { cases.map(\.rawValue) }
}
