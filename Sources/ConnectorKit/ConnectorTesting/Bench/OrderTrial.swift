// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import JSONDocuments
public import PKIX

/// What the checks order: as a template would say it.
public struct OrderTrial: Sendable {
    /// Id of the CA product.
    public var product: String
    public var purpose: CertificatePurpose
    public var key: KeyType
    /// Days asked for; nil for what the product gives.
    public var validityDays: Int?
    public var options: JSONValue
    /// Names for logon that are asked for whatever the profile says: `userPrincipalName`, `securityIdentifier`.
    public var logonNames: Set<String>

    public init(
        product: String, purpose: CertificatePurpose, key: KeyType, validityDays: Int? = nil, options: JSONValue = [:],
        logonNames: Set<String> = []
    ) {
        self.product = product
        self.purpose = purpose
        self.key = key
        self.validityDays = validityDays
        self.options = options
        self.logonNames = logonNames
    }

    /// A trial of another product of the profile.
    func with(_ facts: ProductFacts, purpose: CertificatePurpose) -> OrderTrial {
        var trial = self
        trial.purpose = purpose
        guard facts.id != product else { return trial }
        trial.product = facts.id
        trial.options = [:]
        trial.logonNames = []
        trial.validityDays = Self.validityDays(facts)
        if !facts.keyTypes.isEmpty, !facts.keyTypes.contains(key) { trial.key = facts.keyTypes[0] }
        return trial
    }

    /// A validity worth asking for: short, and one the product has; nil where the profile does not say.
    public static func validityDays(_ facts: ProductFacts) -> Int? {
        switch facts.validityDays {
        case nil: nil
        case .range(let range): min(max(90, range.lowerBound), range.upperBound)
        case .list(let list): list.min()
        }
    }
}
