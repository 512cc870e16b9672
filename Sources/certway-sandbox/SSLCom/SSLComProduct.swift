// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What SSL.com sells for mail (docs/wire/ssl-com.md section 4).
enum SSLComProduct {
    static let periods = ["365", "730", "1095", "1461", "1826"]
    /// Days of the longest certificate that the S/MIME requirements leave, however long the period.
    static let longest = 825

    static let all = [
        product("300", "personal-basic"), product("301", "personal-pro"), product("302", "personal-business"),
        product("303", "personal-enterprise"), product("600", "ov-smime"), product("700", "iv-ov-smime"),
    ]

    /// Whether the certificate names the organization of the registrant.
    static func namesOrganization(_ product: SandboxProduct) -> Bool { ["600", "700"].contains(product.id) }

    private static func product(_ id: String, _ name: String) -> SandboxProduct {
        SandboxProduct(id: id, name: name, profile: .smimeMultipurpose, days: 1...longest)
    }
}
