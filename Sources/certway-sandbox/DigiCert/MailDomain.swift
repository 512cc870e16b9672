// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A mail domain that was added for validation.
struct MailDomain: Sendable {
    let id: Int
    let name: String
    let token: String
}
