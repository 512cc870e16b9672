// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// The kinds of device that a certificate is handed over to: which files they open, and what their page tells.
public enum HandOverDevice: String, Sendable, CaseIterable {
    case iphone, android, mac, windows, linux

    /// As its maker calls it.
    var title: String {
        switch self {
        case .iphone: "iPhone, iPad"
        case .android: "Android"
        case .mac: "Mac"
        case .windows: "Windows"
        case .linux: "Linux"
        }
    }

    /// What the system opens (wire/intune-pfx.md section 6). Where AES is refused with "wrong password", the random password of 32
    /// characters carries the strength.
    var encryption: PKCS12Bundle.Encryption {
        switch self {
        case .windows, .linux: .aes256SHA256
        case .iphone, .android, .mac: .tripleDESSHA1
        }
    }
}
