// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Checks a signed client assertion (RFC 7523; wire/entra-oauth.md section 2).
struct ClientAssertion {
    let registration: ClientRegistration
    /// What `aud` may be.
    let audiences: [String]
    let now: Date

    /// - Throws: the refusal as Entra words it.
    func check(_ text: String) throws(Reply) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let payload = Self.object(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw Self.refusal(50027, "invalid_request", "JWT token is invalid or malformed.", 400) }
        let isPSS = header["alg"]?.string == "PS256"
        guard isPSS || header["alg"]?.string == "RS256" else {
            throw Self.refusal(50027, "invalid_request", "The algorithm of the assertion is not supported.", 400)
        }
        try checkKey(header)
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        let isGenuine = try? registration.certificate.publicKey.verify(
            signature, of: signed, digest: .sha256, padding: isPSS ? .pss : .pkcs1)
        guard isGenuine == true else { throw keyNotFound() }
        guard registration.certificate.isValid(at: now) else { throw keyNotFound() }
        try checkClaims(payload)
    }

    private func checkKey(_ header: JSONValue) throws(Reply) {
        let der = registration.certificate.der
        let known: [(member: String, digest: DigestAlgorithm)] = [("x5t#S256", .sha256), ("x5t", .sha1)]
        let named = known.compactMap { entry in header[entry.member]?.string.map { ($0, entry.digest) } }
        guard !named.isEmpty else {
            throw Self.refusal(
                50027, "invalid_request", "JWT token is invalid or malformed: no certificate thumbprint.", 400)
        }
        // Microsoft's own clients fill the text up with `=`, which RFC 7515 leaves out.
        for (text, digest) in named {
            let unpadded = String(text.reversed().drop { $0 == "=" }.reversed())
            guard unpadded == Base64URL.encode(digest.digest(der)) else { throw keyNotFound(text) }
        }
    }

    private func checkClaims(_ payload: JSONValue) throws(Reply) {
        guard payload["iss"]?.string == registration.clientID, payload["sub"]?.string == registration.clientID else {
            throw Self.refusal(
                700021, "invalid_client", "Client assertion application identifier doesn't match 'client_id' parameter."
            )
        }
        guard let audience = payload["aud"]?.string, audiences.contains(audience) else {
            throw Self.refusal(50012, "invalid_client", "Client assertion audience claim does not match.")
        }
        // msal leaves out `nbf`, which RFC 7523 section 3 does not ask for, and says when it signed.
        guard let start = (payload["nbf"] ?? payload["iat"])?.number, let end = payload["exp"]?.number,
            payload["jti"]?.string != nil
        else {
            throw Self.refusal(50027, "invalid_request", "JWT token is invalid: nbf, exp or jti is missing.", 400)
        }
        let seconds = now.timeIntervalSince1970
        guard start - 300 <= seconds, seconds <= end + 300, end > start, end - start <= 86_400 else {
            throw Self.refusal(700024, "invalid_client", "Client assertion is not within its valid time range.")
        }
    }

    private func keyNotFound(_ thumbprint: String = "") -> Reply {
        let hex = (Base64URL.decode(thumbprint) ?? []).map { GUID.hex(UInt64($0)).suffix(2) }.joined().uppercased()
        return Self.refusal(
            700027, "invalid_client",
            "The certificate with identifier used to sign the client assertion is not registered on application. "
                + "[Reason - The key was not found., Thumbprint of key used by client: '\(hex)']")
    }

    private static func refusal(_ code: Int, _ error: String, _ text: String, _ status: Int = 401) -> Reply {
        LoginDialect.error(code, error, text, status)
    }

    private static func object(_ part: Substring) -> JSONValue? {
        guard let bytes = Base64URL.decode(part), let value = try? JSONValue(parsing: bytes), value.object != nil else {
            return nil
        }
        return value
    }
}
