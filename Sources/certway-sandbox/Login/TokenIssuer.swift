// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Synchronization

/// Makes access tokens and knows which are good.
final class TokenIssuer: Sendable {
    /// Why a token is refused, in Graph's words.
    enum Refusal: Error {
        case empty, unreadable, wrongAudience, expired
    }

    private struct Guarded {
        var tokens: [String: AccessToken] = [:]
        var roles: Set<String> = [
            "User.Read.All", "GroupMember.Read.All", "OrgContact.Read.All",
            "DeviceManagementConfiguration.ReadWrite.All", "Mail.Send", "Exchange.ManageAsApp",
            "DeviceManagementManagedDevices.Read.All",
        ]
        var lifetime = 3599
    }

    private let guarded = Mutex(Guarded())
    private let surroundings: Surroundings
    private let tenantID: String
    private let clientID: String

    init(tenantID: String, clientID: String, surroundings: Surroundings) {
        self.tenantID = tenantID
        self.clientID = clientID
        self.surroundings = surroundings
    }

    /// Roles that tokens issued from now on carry.
    func grant(_ roles: Set<String>) { guarded.withLock { $0.roles = roles } }

    /// Seconds that tokens issued from now on live.
    func setLifetime(_ seconds: Int) { guarded.withLock { $0.lifetime = seconds } }

    /// Every token given out so far stops working, as after a revoked session.
    func expireAll() { guarded.withLock { $0.tokens.removeAll() } }

    func issue(audience: String) -> (text: String, lifetime: Int) {
        let now = surroundings.clock.now
        return guarded.withLock { guarded in
            let expiry = now.addingTimeInterval(TimeInterval(guarded.lifetime))
            let header: JSONValue = ["typ": "JWT", "alg": "RS256", "kid": "sandbox"]
            let payload: JSONValue = [
                "aud": .string(audience), "appid": .string(clientID), "tid": .string(tenantID), "idtyp": "app",
                "iat": JSONValue(Int(now.timeIntervalSince1970)), "exp": JSONValue(Int(expiry.timeIntervalSince1970)),
                "roles": JSONValue(guarded.roles.sorted()), "uti": .string(GUID.random()),
            ]
            // Opaque to clients (wire/entra-oauth.md section 1): the third part is random, not a signature.
            let random = GUID.random() + GUID.random()
            let text = [header.text, payload.text, random].map { Base64URL.encode($0.utf8) }.joined(separator: ".")
            guarded.tokens[text] = AccessToken(
                audience: audience, roles: guarded.roles, expiresAt: expiry, usesLeft: useLimit(guarded.tokens.count))
            return (text, guarded.lifetime)
        }
    }

    /// In hostile mode a token ends early, after a few hundred uses: long enough that a fresh one serves a repetition.
    private func useLimit(_ issued: Int) -> Int? {
        guard let hostility = surroundings.hostility else { return nil }
        var generator = SeededGenerator(hostility.seed, "token", String(issued))
        return Int.random(in: 150...400, using: &generator)
    }

    /// The roles of a good token.
    ///
    /// - Parameter header: the value of `Authorization`.
    func roles(_ header: String?, audience: String) throws(Refusal) -> Set<String> {
        guard let header, header.lowercased().hasPrefix("bearer "), header.utf8.count > 7 else { throw .empty }
        let text = String(header.dropFirst(7))
        let found = guarded.withLock { guarded in
            defer { guarded.tokens[text]?.usesLeft? -= 1 }
            return guarded.tokens[text]
        }
        guard let token = found else { throw .unreadable }
        guard token.audience == audience else { throw .wrongAudience }
        guard token.expiresAt > surroundings.clock.now, token.usesLeft.map({ $0 > 0 }) ?? true else { throw .expired }
        return token.roles
    }
}
