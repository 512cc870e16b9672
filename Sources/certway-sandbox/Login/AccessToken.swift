// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the tenant remembers of a token it gave out.
struct AccessToken: Sendable {
    let audience: String
    let roles: Set<String>
    let expiresAt: Date
    /// Uses until it stops being valid before its time; nil for no such end.
    var usesLeft: Int?
}
