// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Which certificates a person means: by words, or by everything that they have in common. Those that are over or revoked already
/// are never among them.
public struct CertificateSelection: Sendable {
    /// Serial numbers, fingerprints, references of orders, user principal names.
    public var words: [String] = []
    public var backendCA: String?
    public var template: String?
    /// Id of the CA product.
    public var product: String?
    /// Part of the issuer's name.
    public var issuer: String?
    /// Valid from this time on, or later.
    public var issuedAfter: Date?
    /// Valid from before this time.
    public var issuedBefore: Date?
    /// Serial numbers, as a CA's list has them.
    public var serialNumbers: [String]?
    /// What the certificate has not.
    public var missing: CertificateField?

    public init() {}

    /// Whether nothing narrows it down.
    public var isEmpty: Bool { words.isEmpty && !isByFields }

    /// Whether it is by what certificates have in common.
    public var isByFields: Bool {
        backendCA != nil || template != nil || product != nil || issuer != nil || issuedAfter != nil
            || issuedBefore != nil || serialNumbers != nil || missing != nil
    }
}
