// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One way to prove to Entra ID who we are.
///
/// Client secret and certificate exist; managed identity and federation fit the same door, because a credential makes
/// the whole request itself.
public protocol TokenCredential: Sendable {
    /// What it is, for logs and `doctor`: `client secret of application 4f6e…`. Never the secret.
    var label: String { get }

    /// Fetches one token; called by `TokenSource` only, which caches.
    ///
    /// - Parameters:
    ///   - scope: one resource followed by `/.default`.
    ///   - sender: carries the request, with retries.
    /// - Throws: `GraphError` of kind `authentication` or `configuration` (operator), `transient` or `throttled`
    ///   (nobody).
    func requestToken(scope: String, through sender: RequestSender) async throws -> AccessToken
}
