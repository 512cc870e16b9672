// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The bytes in which the server writes its pages; it does not say which (wire/adcs-http.md section 4).
enum PageEncoding: String, Sendable, CaseIterable {
    case windows1252 = "cp1252"
    case utf8 = "utf-8"

    func bytes(_ text: String) -> [UInt8] {
        switch self {
        case .utf8: Array(text.utf8)
        case .windows1252: Array(text.data(using: .windowsCP1252, allowLossyConversion: true) ?? Data(text.utf8))
        }
    }
}
