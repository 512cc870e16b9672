// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Synchronization
import XMLDocuments

/// Checks a WS-Security UsernameToken (OASIS UsernameToken profile 1.0; wire/soap.md section 1).
final class UsernameToken: Sendable {
    private static let wsse =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
    private static let wsu = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
    private static let profile = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"

    let user: String
    let password: String
    private let clock: SandboxClock
    private let nonces = Mutex<[String: Date]>([:])

    init(user: String, password: String, clock: SandboxClock) {
        self.user = user
        self.password = password
        self.clock = clock
    }

    static func isHeader(_ element: XMLElement) -> Bool { element.namespace == wsse && element.name == "Security" }

    /// Why the header does not prove who asks; nil when it does.
    func problem(_ header: XMLElement) -> String? {
        guard let token = header.element("UsernameToken", namespace: Self.wsse),
            let given = token.element("Password", namespace: Self.wsse)
        else { return "no UsernameToken with a password" }
        guard token.element("Username", namespace: Self.wsse)?.text == user else { return "unknown user" }
        let nonce = token.element("Nonce", namespace: Self.wsse)?.text
        let created = token.element("Created", namespace: Self.wsu)?.text
        switch given.attribute("Type") {
        case nil, Self.profile + "#PasswordText":
            guard given.text == password else { return "wrong password" }
            // Both are optional with the plain password.
            return created == nil && nonce == nil ? nil : freshness(nonce, created)
        case Self.profile + "#PasswordDigest":
            guard let nonce, let created, let bytes = Data(base64Encoded: nonce.filter { !$0.isWhitespace }) else {
                return "the digest needs Nonce and Created"
            }
            let digest = DigestAlgorithm.sha1.digest(Array(bytes) + Array(created.utf8) + Array(password.utf8))
            guard Data(digest).base64EncodedString() == given.text else { return "wrong password digest" }
            return freshness(nonce, created)
        default: return "unknown type of password"
        }
    }

    private func freshness(_ nonce: String?, _ created: String?) -> String? {
        let now = clock.now
        if let created {
            guard let date = Timestamp.read(created), abs(now.timeIntervalSince(date)) <= 300 else {
                return "Created is not within 5 minutes of now"
            }
        }
        guard let nonce else { return nil }
        return nonces.withLock { nonces in
            nonces = nonces.filter { now.timeIntervalSince($0.value) <= 600 }
            guard nonces[nonce] == nil else { return "the nonce was used before" }
            nonces[nonce] = now
            return nil
        }
    }
}
