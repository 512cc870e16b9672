// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MicrosoftGraph
import PKIX
public import Secrets

/// One attempt to sign in, between the question and the tenant's answer. Everything is made from one random number that only the
/// browser keeps, in a cookie of ten minutes: nothing is stored for whoever merely asks, and every node can finish what another began.
public struct SignInAttempt: Sendable {
    /// How long somebody may take at the tenant's page, in seconds.
    public static let lifetime = 600

    /// What the cookie holds.
    public let secret: Secret

    public init() { secret = Secret(Base64URL.encode(SecureRandom.bytes(32))) }

    /// - Returns: nil for what no attempt of ours is.
    public init?(cookie: String) {
        guard cookie.utf8.count == 43, Base64URL.decode(cookie) != nil else { return nil }
        secret = Secret(cookie)
    }

    /// Sent with the question, and comes back with the answer: only the browser that asked has what it is made of.
    public var state: String { derived("state") }
    /// Sent with the question, and comes back inside of the token.
    public var nonce: String { derived("nonce") }
    /// Proves to the tenant that who redeems the code is who asked (RFC 7636 section 4.1).
    public var verifier: Secret { Secret(derived("verifier")) }
    /// Sent with the question (RFC 7636 section 4.2).
    public var challenge: String { Base64URL.encode(DigestAlgorithm.sha256.digest(Array(verifier.revealed.utf8))) }

    /// Tells apart the attempts of one browser in several tabs.
    public static func mark(ofState state: String) -> String {
        String(state.filter { $0.isLetter || $0.isNumber }.prefix(8))
    }

    public func isAnswered(by state: String) -> Bool { ConstantTime.areEqual(state, self.state) }

    private func derived(_ purpose: String) -> String {
        Base64URL.encode(DigestAlgorithm.sha256.digest(Array("certway \(purpose) \(secret.revealed)".utf8)))
    }
}
