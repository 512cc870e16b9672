// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// What somebody asks a sandbox CA for, after a face understood the wire.
struct Application: Sendable {
    let product: SandboxProduct
    private(set) var publicKey: PublicKey?
    /// What brought the key; nil at CAs that take a bare public key. The names in it count only if the face copies them
    /// below.
    private(set) var csr: CertificateSigningRequest?
    var subject: DistinguishedName
    /// Go into the alternative names.
    var emails: [String]
    var userPrincipalName: String?
    /// Further alternative names.
    var otherNames: [GeneralName] = []
    /// `S-1-5-…` for the extension 1.3.6.1.4.1.311.25.2.
    var securityIdentifier: String?
    var additionalExtensions: [CertificateBuilder.AdditionalExtension] = []
    /// nil: now.
    var notBefore: Date?
    /// nil: as `notAfter` says, else what is usual for the product.
    var days: Int?
    /// Counts when `days` is nil; must lie within the product's days.
    var notAfter: Date?
    /// nil: what the product's profile says.
    var keyUsage: KeyUsage?
    /// nil: what the product's profile says.
    var extendedKeyUsage: [KeyPurpose]?
    /// The client's own mark, found again in lookups and lists.
    var reference: String?
    /// The same key again is the same order.
    var idempotencyKey: String?
    /// Who asked, in the words of the face: login, operator.
    var requester: String?
    /// Id of the order that this one renews.
    var renewalOf: String?
    /// Waits until an approver decides.
    var needsApproval = false
    /// What only the face knows of the order and needs later.
    var details: [String: JSONValue] = [:]

    init(
        product: SandboxProduct, csr: CertificateSigningRequest, subject: DistinguishedName = [], emails: [String] = []
    ) {
        self.product = product
        self.csr = csr
        publicKey = try? csr.publicKey
        self.subject = subject
        self.emails = emails
    }

    /// The same names for another key.
    func with(_ csr: CertificateSigningRequest) -> Application {
        var copy = self
        copy.csr = csr
        copy.publicKey = try? csr.publicKey
        return copy
    }

    /// - Parameter csr: checked by the face, if there was one.
    init(product: SandboxProduct, publicKey: PublicKey, csr: CertificateSigningRequest?) {
        self.product = product
        self.publicKey = publicKey
        self.csr = csr
        subject = []
        emails = []
    }
}
