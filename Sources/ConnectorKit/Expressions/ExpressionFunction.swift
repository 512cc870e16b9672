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
    ]

    /// The definitions that the programs need, on one line: each costs its time to compile.
    static func definitions(for programs: [JQSource]) -> String {
        let isUsed = programs.contains { program in all.contains { program.text.contains($0.name) } }
        return isUsed ? all.reversed().map(\.definition).joined(separator: " ") + " " : ""
    }
}
