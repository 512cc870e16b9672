// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import XMLDocuments

/// Name and password in the header of a message: WS-Security UsernameToken profile 1.0 (OASIS 2004).
struct UsernameToken {
    enum PasswordType: String, CaseIterable, Sendable { case text, digest }

    let username: String
    let password: String
    let type: PasswordType
    /// 16 random bytes; a server remembers them to notice a repeated message.
    var nonce: [UInt8] = SecureRandom.bytes(16)
    let created: Date

    /// UTC, seconds.
    var createdText: String { created.ISO8601Format() }

    /// Base64(SHA-1(nonce + created + password)).
    var digest: String {
        let bytes = nonce + Array(createdText.utf8) + Array(password.utf8)
        return Data(DigestAlgorithm.sha1.digest(bytes)).base64EncodedString()
    }

    /// - Parameter envelope: prefix of the envelope's namespace. A server that does not know the header must not go on.
    func write(to writer: XMLWriter, envelope: String) {
        writer.element(
            "wsse:Security", ["\(envelope):mustUnderstand": "1"],
            namespaces: ["wsse": Self.security, "wsu": Self.utility]
        ) { writer in
            writer.element("wsse:UsernameToken") { writer in
                writer.element("wsse:Username", text: username)
                let kind = type == .text ? "#PasswordText" : "#PasswordDigest"
                writer.element(
                    "wsse:Password", ["Type": Self.profile + kind], text: type == .text ? password : digest)
                writer.element(
                    "wsse:Nonce", ["EncodingType": Self.message + "#Base64Binary"],
                    text: Data(nonce).base64EncodedString())
                writer.element("wsu:Created", text: createdText)
            }
        }
    }

    private static let base = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
    private static let security = base + "wssecurity-secext-1.0.xsd"
    private static let utility = base + "wssecurity-utility-1.0.xsd"
    private static let profile = base + "username-token-profile-1.0"
    private static let message = base + "soap-message-security-1.0"
}
