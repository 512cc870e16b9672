// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import PKIX
import Secrets
import Settings

/// What somebody hands in, in whatever form their tool has made it: PEM with either of its labels, DER, Base64 without lines around it,
/// UTF-8 or UTF-16.
public enum ReceivedRequest {
    /// Bytes at most: a request has two or three kilobytes.
    public static let longest = 16 * 1024

    /// - Throws: `SettingsError` with what was found, and what to hand in instead. A private key is refused, and nothing of it stays.
    public static func read(_ bytes: [UInt8]) throws -> CertificateSigningRequest {
        guard !bytes.isEmpty else { throw refusal("it is empty") }
        guard bytes.count <= longest else {
            throw refusal("found \(bytes.count) bytes, expected a request of at most \(longest)")
        }
        if bytes.first == 0x30 { return try der(bytes) }
        let text = text(bytes)
        guard !text.contains("PRIVATE KEY") else { throw privateKey }
        if text.contains("-----BEGIN") { return try pem(text) }
        // Some tools write the Base64 alone.
        let letters = text.filter { !$0.isWhitespace }
        guard !letters.isEmpty, let data = Data(base64Encoded: padded(letters)) else {
            throw refusal("found text that is no request")
        }
        return try der(Array(data))
    }

    private static func text(_ bytes: [UInt8]) -> String {
        switch (bytes.first, bytes.dropFirst().first) {
        case (0xFF, 0xFE): String(data: Data(bytes.dropFirst(2)), encoding: .utf16LittleEndian) ?? ""
        case (0xFE, 0xFF): String(data: Data(bytes.dropFirst(2)), encoding: .utf16BigEndian) ?? ""
        default: String(decoding: bytes, as: UTF8.self).replacing("\u{FEFF}", with: "")
        }
    }

    private static func padded(_ text: String) -> String {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)
    }

    private static func pem(_ text: String) throws -> CertificateSigningRequest {
        let blocks: [PEM.Block]
        do { blocks = try PEM.blocks(Array(text.utf8)) } catch { throw refusal("the text is broken: \(error)") }
        let requests = blocks.filter { $0.label.hasSuffix("CERTIFICATE REQUEST") }
        guard requests.count < 2 else {
            throw refusal("found \(requests.count) requests, expected one: hand them in one by one")
        }
        guard let request = requests.first else {
            let found = blocks.map(\.label).joined(separator: ", ")
            throw refusal(found.isEmpty ? "the text between the lines is broken" : "found \(found)")
        }
        return try der(request.der)
    }

    private static func der(_ bytes: [UInt8]) throws -> CertificateSigningRequest {
        if let request = try? CertificateSigningRequest(der: bytes) { return request }
        if (try? PrivateKey(pkcs8: Secret(bytes))) != nil { throw privateKey }
        if (try? Certificate(der: bytes)) != nil { throw refusal("found a certificate") }
        throw refusal("found bytes that are no request")
    }

    private static func refusal(_ cause: String) -> SettingsError {
        SettingsError(
            "request: \(cause); expected a certificate request (PKCS #10), such as a text that begins with "
                + "-----BEGIN CERTIFICATE REQUEST-----", at: .commandLine)
    }

    private static let privateKey = SettingsError(
        "request: this is a private key: hand in the request that was made with it; nothing of it was kept here, and "
            + "whoever else may have seen it should not", at: .commandLine)
}
