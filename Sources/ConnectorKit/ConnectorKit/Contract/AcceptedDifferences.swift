// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

/// What a certificate may say beyond what was asked for, because somebody has said so: a template for its orders, or a profile
/// for a product. Everything else that a CA adds or changes holds the order.
public struct AcceptedDifferences: Sendable, Hashable {
    /// What becomes of a subject attribute that says something else than was asked for.
    public enum SubjectRule: Sendable, Hashable {
        /// The order goes on, and the difference stands in its record.
        case remark
        /// These values count as asked for, such as the organization that the CA has validated; others hold the order.
        case values([String])
    }

    /// Beyond the one of the purpose.
    public var extendedKeyUsages: Set<KeyPurpose>
    /// By name of the attribute, see `SubjectComparison.types`.
    public var subject: [String: SubjectRule]

    public init(extendedKeyUsages: Set<KeyPurpose> = [], subject: [String: SubjectRule] = [:]) {
        self.extendedKeyUsages = extendedKeyUsages
        self.subject = subject
    }

    /// With what a profile says of the product. That a key which can log on is copied is for the template alone to say.
    public func adding(product: AcceptedDifferences) -> AcceptedDifferences {
        AcceptedDifferences(
            extendedKeyUsages: extendedKeyUsages.union(product.extendedKeyUsages.subtracting(KeyPurpose.logon)),
            subject: subject.merging(product.subject) { own, _ in own })
    }
}
