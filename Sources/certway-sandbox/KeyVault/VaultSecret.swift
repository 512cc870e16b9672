// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One version of a secret.
struct VaultSecret: Sendable {
    let name: String
    let version: String
    var value: String
    var contentType: String?
    var isEnabled = true
    let created: Date
    var expires: Int?
}
