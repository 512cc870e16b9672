// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PKIX

/// What a profile knows about one thing the CA sells or offers.
public struct ProductFacts: Sendable {
    /// As the CA spells it.
    public let id: String
    public let title: String
    /// Other ids of the same product, such as those of older accounts.
    public let aliases: [String]
    /// Empty where the profile does not say.
    public let keyTypes: [KeyType]
    public let purposes: [CertificatePurpose]
    /// Validity in days the CA accepts; nil where the profile does not say.
    public let validityDays: ProductValidity?
    /// What its certificates say beyond what is asked for.
    public let accepted: AcceptedDifferences
    /// Keys of `RequestedNames` without which the CA refuses the order.
    public let requiredNames: [String]
    /// Keys of `RequestedNames` the CA takes over; nil where the profile does not say.
    public let allowedNames: [String]?
    /// Which kind of publicly trusted S/MIME certificate it is; nil for any other certificate.
    public let smime: PublicSMIMEKind?
    /// First day on which it can be ordered, and first day on which it no longer can; midnight UTC.
    public let from: Date?
    public let until: Date?
    /// What a template may choose for this product; nil where anything is passed on.
    public let options: [SettingSchema]?

    /// Whether the CA sells it at that time.
    public func isOffered(at date: Date) -> Bool { (from ?? .distantPast) <= date && date < (until ?? .distantFuture) }

    /// Whether `id` means this product.
    public func isKnown(as id: String) -> Bool { self.id == id || aliases.contains(id) }
}
