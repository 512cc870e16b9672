// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Why a sandbox CA takes no order; each face words it as the wire sheet says.
struct ApplicationRefusal: Error, Sendable {
    enum Kind: Sendable {
        /// The signature of the request does not belong to its key.
        case badSignature
        /// Type or size of the key is none of the product's.
        case keyNotAllowed
        /// The key was certified before.
        case keyReused
        case addressMissing
        case addressMalformed
        /// The mail domain is not one the account may certify.
        case domainNotAllowed
        case validityNotAllowed
        /// A name cannot stand in a certificate: empty, too long, wrong characters.
        case nameNotAllowed
        /// The reference was used by another order, where references must be unique.
        case referenceUsed
        case renewalRefused
    }

    let kind: Kind
    /// A sentence; empty when the CA was told to give no reasons.
    let message: String
    /// The address, name or number that is refused.
    var value: String?

    init(_ kind: Kind, _ message: String, value: String? = nil) {
        self.kind = kind
        self.message = message
        self.value = value
    }
}
