// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The tokens that a CA's login call gave out.
final class AccessTokens: Sendable {
    private struct Token {
        let subject: String
        let issued: Date
        let expires: Date
    }

    private let lifetime: TimeInterval
    private let clock: SandboxClock
    private let switches: CASwitches
    private let tokens = Mutex<[String: Token]>([:])

    /// - Parameter lifetime: seconds, unless the control API says another number.
    init(lifetime: TimeInterval, clock: SandboxClock, switches: CASwitches) {
        self.lifetime = lifetime
        self.clock = clock
        self.switches = switches
    }

    /// A new token for whoever logged in, and for how many seconds it is good.
    func issue(for subject: String) -> (text: String, lifetime: Int) {
        let now = clock.now
        let lifetime = switches.tokenLifetime ?? lifetime
        let text = (GUID.random() + GUID.random()).filter { $0 != "-" }
        tokens.withLock {
            $0[text] = Token(subject: subject, issued: now, expires: now.addingTimeInterval(lifetime))
        }
        return (text, Int(lifetime))
    }

    /// Who logged in to get the token; nil when it is unknown, has ended or is not accepted.
    func subject(of text: String) -> String? {
        if switches.disobeys(.tokenNeverAccepted) { return nil }
        let token = tokens.withLock { $0[text] }
        if switches.disobeys(.acceptsAnyCredentials) { return token?.subject ?? "anybody" }
        guard let token, token.expires > clock.now, token.issued >= switches.tokensValidFrom else { return nil }
        return token.subject
    }
}
