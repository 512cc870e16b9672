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

    /// That no certificate here has some serial numbers of a list; nil for none.
    public static func sentence(unknown numbers: [String]) -> String? {
        guard let first = numbers.first else { return nil }
        guard numbers.count > 1 else { return "no certificate here has the serial number \(first) of the list" }
        let words = numbers.prefix(named).joined(separator: ", ")
        let more = numbers.count > Self.named ? " and \(numbers.count - Self.named) more; --output json has all" : ""
        return "no certificate here has \(numbers.count) serial numbers of the list: \(words)\(more)"
    }

    private static let named = 20
}
