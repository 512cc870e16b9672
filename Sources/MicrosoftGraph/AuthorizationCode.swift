// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Secrets

/// What the tenant handed a browser after somebody has signed in, with what proves that it is ours to redeem (RFC 7636).
public struct AuthorizationCode: Sendable {
    public let code: Secret
    /// As it was sent with the question, byte for byte.
    public let redirectURI: String
    /// Whose SHA-256 was sent with the question.
    public let verifier: Secret

    public init(code: Secret, redirectURI: String, verifier: Secret) {
        (self.code, self.redirectURI, self.verifier) = (code, redirectURI, verifier)
    }
}
