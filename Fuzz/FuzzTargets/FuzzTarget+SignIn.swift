// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import SignIn

extension FuzzTarget {
    /// What somebody shows who wants to get in: tokens of the tenant, its keys, tokens of our own, links to go back to.
    static let webToken = FuzzTarget(
        name: "web-token", title: "JSON web tokens, key sets, tokens of our own and return paths",
        words: [
            "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ", "eyJhbGciOiJub25lIn0", ".e30.", "cwt_", "\"kid\"", "\"n\"",
            "\"e\":\"AQAB\"",
            "/console/", "%2F", "%5C", "//",
        ]
    ) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        if let token = try? JSONWebToken(parsing: text) {
            // Nobody here has the key.
            demand((try? token.verify(key)) == nil, "a token was believed")
            for refusal in [try? rules.person(token.claims, nonce: "n"), try? rules.bearer(token.claims)] {
                if let identity = refusal { demand(identity.tenantID == rules.tenantID, "somebody of another tenant") }
            }
        }
        if let json = try? JSONValue(parsing: bytes) {
            if let key = SigningKey(json) { demand(key.publicKey.bits >= 2048, "a weak key was taken") }
            _ = try? rules.bearer(json)
        }
        _ = SecretText.token(text)
        let path = ReturnPath(text).text
        demand(
            path.hasPrefix("/") && !path.hasPrefix("//") && !path.contains("\\"),
            "a return path leads elsewhere: \(path)")
        demand(ReturnPath(path).text == path, "a return path changes when it is read again")
    }

    private static let rules = TokenRules(
        issuer: "https://login.example/t/v2.0", tenantID: "t", clientID: "c",
        now: Date(timeIntervalSince1970: 1_800_000_000))

    private static let key: PublicKey = {
        // Making a key fails for want of memory alone, and nothing could be fuzzed without one.
        guard let key = try? PrivateKey.generate(.rsa2048).publicKey else { fatalError("no key") }
        return key
    }()
}
