// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Administration
public import HTTPServing

/// Finds out who sends a request: by the cookie of a session, a token of our own, or a token of the tenant.
public protocol Authenticator: Sendable {
    /// - Returns: nil when the request shows nothing that could be judged.
    /// - Throws: the problem (401) with the sentence why, when what it shows is not accepted.
    func caller(of request: ServerRequest) async throws -> Caller?
}
