// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// An organizational contact of the sandbox tenant: somebody outside with an entry in the address list.
struct MailContact: Sendable {
    let id: String
    var displayName: String
    var mail: String?
    var proxyAddresses: [String]
    var isGone = false
}
