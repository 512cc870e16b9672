// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Secrets

/// A bearer token. Opaque: only the service it is for may look inside.
public struct AccessToken: Sendable {
    public let value: Secret
    public let issuedAt: Date
    public let expiresAt: Date

    public init(value: Secret, issuedAt: Date, expiresAt: Date) {
        self.value = value
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    /// When to fetch the next one: five minutes before the end, or at half time for a token of less than ten minutes.
    var refreshAt: Date { expiresAt - min(300, expiresAt.timeIntervalSince(issuedAt) / 2) }
}
