// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What may arrive in place of a status line (RFC 9112 section 4) although the request was executed.
enum GarbledAnswer: String, Sendable, CaseIterable {
    /// The body alone, as HTTP/0.9 had it.
    case bodyOnly = "body-only"
    /// `HTTP/9.9 201`, a version nobody speaks.
    case version
    /// `HTTP/1.1 abc`, no number.
    case status
    /// A fatal TLS alert, internal_error (RFC 8446 section 6), in clear.
    case alert

    /// The bytes that are sent in place of an answer.
    func bytes(status: Int, body: [UInt8]) -> [UInt8] {
        let body = body.isEmpty ? Array("OK\n".utf8) : body
        return switch self {
        case .bodyOnly: body
        case .version: Array("HTTP/9.9 \(status) Done\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
        case .status: Array("HTTP/1.1 abc\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
        case .alert: [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x50]
        }
    }
}
