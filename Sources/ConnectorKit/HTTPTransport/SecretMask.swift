// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import Secrets

/// Replaces secrets in a text by `•••`, in each spelling they take on their way: as they are, percent-encoded, as a
/// JSON string, escaped for XML or HTML, and in Base64.
///
/// Building one copies the secrets into plain strings; make it where a trace or an error is written, not before.
public struct SecretMask: Sendable {
    public static let replacement = "•••"
    private let spellings: [String]

    /// What JSON and XML put for characters. Writers of XML differ in what they escape beyond `&` and `<`, and how.
    private static let escapes: [[(character: Character, escaped: String)]] = {
        let json: [(Character, String)] = [("\\", "\\\\"), ("\"", "\\\""), ("\n", "\\n")]
        var xml: [[(Character, String)]] = [[("&", "&amp;"), ("<", "&lt;")]]
        for (character, names): (Character, [String]) in [
            (">", ["&gt;"]), ("\"", ["&quot;", "&#34;", "&#x22;"]), ("'", ["&apos;", "&#39;", "&#x27;"]),
        ] {
            xml += xml.flatMap { start in names.map { start + [(character, $0)] } }
        }
        return [[], json, json + [("/", "\\/")]] + xml
    }()

    public init(_ secrets: [Secret]) {
        let spellings = secrets.filter { !$0.isEmpty }.flatMap { secret in
            let text = secret.revealed
            let characters = Set(text)
            return [PercentEncoding.encode(text), Data(text.utf8).base64EncodedString()]
                + Self.escapes.map { spelling in
                    spelling.filter { characters.contains($0.character) }.reduce(text) {
                        $0.replacing(String($1.character), with: $1.escaped)
                    }
                }
        }
        // Longest first, so that a secret which contains another one disappears as a whole.
        self.spellings = Set(spellings).sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }

    public func masking(_ text: String) -> String {
        spellings.reduce(text) { $0.contains($1) ? $0.replacing($1, with: Self.replacement) : $0 }
    }
}
