// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The alerts by which a server says that it does not accept the client certificate, or misses it (RFC 8446 §6.2).
enum ClientCertificateAlert: UInt32, CustomStringConvertible {
    case badCertificate = 42
    case unsupportedCertificate, certificateRevoked, certificateExpired, certificateUnknown
    case unknownCA = 48
    case certificateRequired = 116

    /// - Parameter text: libcurl's words for an error of OpenSSL, which packs library and reason into one number:
    ///   library 20 is TLS, and an alert of the other side has 1000 added.
    init?(_ text: String) {
        // What libcurl makes of certificate_expired in a handshake of TLS 1.2; of a server's certificate it says more.
        if text == "SSL certificate verification failed" {
            self = .certificateExpired
            return
        }
        guard let number = text.firstRange(of: "error:"),
            let code = UInt32(text[number.upperBound...].prefix(8), radix: 16),
            code >> 23 == 20, let alert = Self(rawValue: (code & 0x7F_FFFF) &- 1000)
        else { return nil }
        self = alert
    }

    var description: String {
        switch self {
        case .badCertificate: "bad certificate"
        case .unsupportedCertificate: "unsupported certificate"
        case .certificateRevoked: "certificate revoked"
        case .certificateExpired: "certificate expired"
        case .certificateUnknown: "certificate unknown"
        case .unknownCA: "unknown CA"
        case .certificateRequired: "certificate required"
        }
    }
}
