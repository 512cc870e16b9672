// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What the sandbox CAs take for a mail address.
enum MailAddress {
    static func isWellFormed(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != 58 && $0 != 44 }
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && isPlain && text.utf8.count <= 254
    }

    /// What follows the `@`, in lower case.
    static func domain(_ text: String) -> String {
        text.split(separator: "@").last.map { $0.lowercased() } ?? ""
    }
}
