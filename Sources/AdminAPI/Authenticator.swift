// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import HTTPServing

/// Finds out who sends a request: by the cookie of a session, a token of our own, or a token of the tenant.
public protocol Authenticator: Sendable {
    /// - Returns: nil when the request shows nothing that could be judged.
    /// - Throws: `APIProblem` (401) with the sentence why, when what it shows is not accepted.
    func authenticate(_ request: ServerRequest) async throws -> Authentication?
}
