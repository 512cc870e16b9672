// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// What the account may order; the query names it (wire/cmc.md section 11).
struct SwissSignProduct: Sendable {
    let product: SandboxProduct
    /// The subject must name the organization of the contract.
    let needsOrganization: Bool

    /// The organization of the contract; other spellings are refused.
    static let organization = "Example Customer AG"

    static let all = [
        SwissSignProduct(
            product: SandboxProduct(
                id: "personal-silver", name: "Personal Silver", days: 1...1200, needsAddress: false),
            needsOrganization: false),
        SwissSignProduct(
            product: SandboxProduct(
                id: "personal-gold", name: "Personal Gold", profile: .smimeMultipurpose, days: 1...1200,
                needsAddress: false),
            needsOrganization: true),
    ]

    static func named(_ id: String) -> SwissSignProduct? { all.first { $0.product.id == id } }
}
