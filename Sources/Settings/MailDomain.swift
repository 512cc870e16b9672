// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import YAMLDocuments

/// What stands behind the at sign of a mail address.
public enum MailDomain {
    /// Whether `text` is a host name in ASCII (RFC 5321 §4.1.2, RFC 1123 §2.1).
    public static func isOne(_ text: String) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            }
    }

    /// The list at `key`; what is no domain is noted, since no address would ever match it.
    static func list(_ reader: MappingReader, _ key: String) -> [String] {
        (reader.list(key) ?? []).compactMap { node, path in
            guard let text = node.string(at: path, reader.collector) else { return nil }
            guard isOne(text) else {
                reader.collector.add(
                    node, path, "expected a mail domain such as example.org, found \"\(text)\"", hint: hint(for: text))
                return nil
            }
            return text.lowercased()
        }
    }

    private static func hint(for text: String) -> String? {
        if text.contains("*") { return "list each subdomain by itself" }
        if !text.utf8.allSatisfy({ $0 < 0x80 }) { return "in ASCII letters, as it stands in addresses: xn--…" }
        let domain = text.split(whereSeparator: { "@/: ".contains($0) }).last { isOne(String($0)) && $0.contains(".") }
        return domain.map { "did you mean \($0)?" }
    }
}
