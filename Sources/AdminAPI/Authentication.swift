// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Administration
public import Foundation

/// Who sends a request, and by what it is known.
public struct Authentication: Sendable {
    public let caller: Caller
    /// The session or token, without being it: limits and repeated requests are kept apart by it. At most 60 characters.
    public let key: String
    /// Of a session that a browser's cookie names: what changes must carry in `X-CSRF-Token`, since the cookie comes with requests
    /// that another site makes the browser send. Nil for what no browser adds by itself.
    public let csrfToken: String?
    public let expiresAt: Date?
    /// When the tenant has asked the person for password or key; nil for tokens, and where the tenant does not say so.
    public let authenticatedAt: Date?

    public init(
        _ caller: Caller, key: String, csrfToken: String? = nil, expiresAt: Date? = nil,
        authenticatedAt: Date? = nil
    ) {
        self.caller = caller
        self.key = key
        self.csrfToken = csrfToken
        self.expiresAt = expiresAt
        self.authenticatedAt = authenticatedAt
    }
}
