// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Tells which mail addresses of a pending order still wait for proof.
public protocol ValidationReporting: CertificateAuthorityConnector {
    func validationState(of order: CAOrder) async throws -> [AddressValidation]
}

/// The state of proof for one mail address.
public struct AddressValidation: Sendable, Hashable {
    public var address: String
    public var isValidated: Bool
    /// When the CA last wrote to the address, as the CA writes it.
    public var lastMailed: String?

    public init(address: String, isValidated: Bool, lastMailed: String? = nil) {
        self.address = address
        self.isValidated = isValidated
        self.lastMailed = lastMailed
    }
}
