// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// That an object of the tenant says an address is its own.
public struct AddressClaim: Sendable, Hashable {
    /// In the form of `AddressSource.foldedCase`.
    public let address: String
    public let source: AddressSource
    public let claimant: Claimant

    public init(address: String, source: AddressSource, claimant: Claimant) {
        self.address = address
        self.source = source
        self.claimant = claimant
    }
}
