// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A function that programs have beyond those of jq. A text that goes into a value with delimiters is escaped, or what somebody
/// is called says what the certificate says.
public struct ExpressionFunction: Sendable {
    /// As it is written in a program: `rfc4514`, `escape(",;")`.
    public let usage: String
    /// What it gives, in one or two sentences.
    public let help: String
    let name: String
    let definition: String

    public static let all = [
        ExpressionFunction(
            usage: "rfc4514",
            help:
                "The text as a value in a distinguished name (RFC 4514 §2.4): `,` `+` `\"` `\\` `<` `>` `;` `=`, a `#` or "
                + "blank at the beginning and a blank at the end get a backslash. `\"CN=\\(.request.names.commonName | rfc4514)\"`",
            name: "rfc4514",
            definition: """
                def rfc4514: . as $__t | escape(",+\\"<>;=") \
                | if ($__t | length > 1 and endswith(" ")) then .[:-1] + "\\\\ " else . end \
                | if ($__t | startswith(" ") or startswith("#")) then "\\\\" + . else . end;
                """),
        ExpressionFunction(
            usage: "escape(\",;\")",
            help:
                "The text with a backslash before each of the given characters and before each backslash, for values between "
                + "delimiters of the CA's own, such as `rfc822name=…,upn=…`. For addresses of the web jq has `@uri`, for tables "
                + "`@csv`; XML and JSON need nothing.",
            name: "escape",
            definition: """
                def escape($__set): . as $__t | $__set + "\\\\" \
                | if any((. / "")[]; . as $__c | ($__t / $__c | length) > 1) \
                then explode as $__s | $__t | explode \
                | map(. as $__c | if any($__s[]; . == $__c) then 92, $__c else $__c end) | implode else $__t end;
                """),
        sameReference, olderThan, sameAddress,
    ]

    private static let sameAddress = ExpressionFunction(
        usage: ".request.names.emails[0] as $address | .json.subject | same_address($address)",
        help:
            "Whether a text of the CA has the mail address among its words, without regard to case, such as `E=` in a subject: true; "
            + "false where it has others only; null where it has none. For `about` of a search that asks by address.",
        name: "same_address",
        definition: """
            def same_address($__address): (($__address // "") | ascii_downcase) as $__a \
            | [strings | ascii_downcase | scan("[^\\\\s,;<>:\\"()]+")] as $__words \
            | if $__a == "" then null elif any($__words[]; . == $__a or endswith("=" + $__a)) then true \
            elif any($__words[]; contains("@")) then false else null end;
            """)

    private static let olderThan = ExpressionFunction(
        usage: ".request.submittedAt as $sent | .json.date | older_than($sent - 172800)",
        help:
            "True where the text is a date of the form 2026-11-27, a time behind it or not, whose day is before that of the "
            + "given seconds since 1970; null for a later one and for everything else, also for years before 2000.",
        name: "older_than",
        definition: """
            def older_than($__seconds): \
            if type == "string" and test("^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]|$)") \
            and .[:10] < ($__seconds | strftime("%Y-%m-%d")) then true else null end;
            """)

    /// "No" is a proof, on which an order is placed again: a text that is empty, cut, altered or of somebody else's making is none.
    private static let sameReference = ExpressionFunction(
        usage: ".request.reference as $reference | .json.note | same_reference($reference)",
        help:
            "Whether a text of the CA carries our reference, without regard to case: true; false where it carries another whole "
            + "reference of that form instead; null where it does not tell, because it is empty, cut, garbled, no text or says "
            + "something else. So written it is the `match` of a search: behind a pipe `.request` would be a member of the note, so the "
            + "reference gets a name first.",
        name: "same_reference",
        // A word is what blanks and signs other than a hyphen separate. Two references of ours differ nearly everywhere, and have
        // another beginning: one that differs in a few places, or goes on otherwise, is ours with a mistake.
        definition: """
            def same_reference($__reference): . as $__text | ($__reference | ascii_downcase) as $__r \
            | (if ($__r | test("^cwt?-")) then "cwt?-" else ($__r | [scan("^[a-z]+-")] | .[0] // "^$") end) as $__form \
            | ["-" + ($__text | strings | ascii_downcase | scan("[a-z0-9-]+")) + "-"] as $__words \
            | if any($__words[]; contains("-" + $__r + "-")) then true \
            elif any($__words[] | scan("(?<=-)" + $__form + ".*(?=-$)"); . as $__o | ($__r | startswith($__o) | not) \
            and (($__r | test("^cw-[a-z2-7]{20}$") | not) or ($__o | startswith("cwt-")) \
            or (($__o | length) >= 23 and $__o[:8] != $__r[:8] and \
            ([range(8; 23) as $__n | select($__o[$__n:$__n + 1] != $__r[$__n:$__n + 1])] | length > 7)))) \
            then false else null end;
            """)

    /// The definitions that the programs need, on one line: each costs its time to compile.
    static func definitions(for programs: [JQSource]) -> String {
        var needed: [ExpressionFunction] = []
        // Those that others are made of stand behind them.
        for function in all
        where programs.contains(where: { $0.text.contains(function.name) })
            || needed.contains(where: { $0.definition.contains(function.name) })
        {
            needed.insert(function, at: 0)
        }
        return needed.map { $0.definition + " " }.joined()
    }
}
