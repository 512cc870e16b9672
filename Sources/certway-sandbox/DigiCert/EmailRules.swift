// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What the account accepts as a mail address in an order.
enum EmailRules {
    static func read(_ certificate: FieldReader, _ problems: FieldProblems) -> [String] {
        let emails = certificate.texts("emails", isRequired: true)
        let path = certificate.full("emails")
        for email in emails where !MailAddress.isWellFormed(email) {
            problems.invalid(path, "'\(email)' is not a mail address.")
        }
        if Set(emails.map { $0.lowercased() }).count != emails.count {
            problems.invalid(path, "An address stands twice.")
        }
        return emails
    }
}
