// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What the account accepts as a mail address in an order.
enum EmailRules {
    static func read(_ certificate: FieldReader, _ problems: FieldProblems) -> [String] {
        let emails = certificate.texts("emails", isRequired: true)
        let path = certificate.full("emails")
        for email in emails where !isAddress(email) { problems.invalid(path, "'\(email)' is not a mail address.") }
        if Set(emails.map { $0.lowercased() }).count != emails.count {
            problems.invalid(path, "An address stands twice.")
        }
        return emails
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != 58 && $0 != 44 }
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && isPlain && text.utf8.count <= 254
    }
}
