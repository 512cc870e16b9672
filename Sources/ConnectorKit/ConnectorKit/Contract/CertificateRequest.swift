// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
public import PKIX

/// One certificate as the host asks a CA for it.
public struct CertificateRequest: Sendable {
    /// Our own unique text for this order, at most 64 characters of `[a-z0-9-]`; sent to the CA so that the order can be
    /// found again after a lost answer.
    public var reference: String
    /// Id of the CA product, as the CA spells it.
    public var product: String
    /// PKCS #10 request (RFC 2986), signed by the subscriber's key.
    public var csr: CertificateSigningRequest
    /// The names to be certified.
    public var names: RequestedNames
    /// Validity asked for, in days; nil for what the product gives.
    public var validityDays: Int?
    public var purpose: CertificatePurpose
    /// Further choices of the template for this product (profile type, organization id …), as the profile defines them.
    public var options: JSONValue
    /// When the host last sent this request, or is about to; nil where it does not know. A search for a lost answer need not
    /// look at older orders.
    public var submittedAt: Date?

    public init(
        reference: String, product: String, csr: CertificateSigningRequest, names: RequestedNames,
        validityDays: Int? = nil, purpose: CertificatePurpose, options: JSONValue = [:],
        submittedAt: Date? = nil
    ) {
        self.reference = reference
        self.product = product
        self.csr = csr
        self.names = names
        self.validityDays = validityDays
        self.purpose = purpose
        self.options = options
        self.submittedAt = submittedAt
    }
}
