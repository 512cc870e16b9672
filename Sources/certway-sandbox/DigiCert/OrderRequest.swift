// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// What an order asks for, after it was checked.
struct OrderRequest: Sendable {
    enum Validity: Sendable {
        case days(Int)
        case until(Date)
    }

    struct Individual: Sendable {
        var firstName: String?
        var lastName: String?
        var pseudonym: String?
    }

    let product: DigiCertProduct
    var emails: [String]
    /// nil: the person makes the key in a browser.
    var csr: CertificateSigningRequest?
    var signatureHash: String
    var isMultipurpose: Bool
    /// nil for products whose common name follows from other members.
    var commonNameIndicator: String?
    var commonName: String?
    var individual: Individual?
    var primaryUsage: String
    var additionalUsages: [String]
    var includesEmail: Bool
    var includesNames: Bool
    var includesPseudonym: Bool
    var organizationID: Int?
    var containerID: Int?
    var validity: Validity
    var skipApproval: Bool
    var comments: String?
    /// Value by metadata id.
    var customFields: [Int: String]
    var renewalOf: Int?
}
