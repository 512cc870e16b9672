// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
internal import PKIX

/// The people in whose names the checks order. They differ from run to run, so that nothing of an earlier run is found.
public struct TestSubjects: Sendable {
    /// A mail domain for which the CA may issue.
    public var domain: String
    /// A mail domain that is not ours.
    public var foreignDomain: String
    /// Names that every order carries as they are, such as the organization.
    public var common: RequestedNames
    /// Makes this run's names differ from those of other runs; small letters and digits.
    public var tag: String

    public init(domain: String, foreignDomain: String, common: RequestedNames = RequestedNames(), tag: String) {
        self.domain = domain
        self.foreignDomain = foreignDomain
        self.common = common
        self.tag = tag
    }

    func address(_ word: String) -> String { "\(word).\(tag)@\(domain)" }

    /// Names of one person, as a template would make them for this product: what it needs and nothing it does not take.
    ///
    /// - Parameters:
    ///   - word: small letters and digits; makes the address.
    ///   - change: asks for something unusual.
    func names(
        _ word: String, for facts: ProductFacts?, purpose: CertificatePurpose,
        change: (inout RequestedNames) -> Void = { _ in }
    ) -> RequestedNames {
        var names = common
        names.givenName = "Toni"
        names.surname = "Conformance"
        names.commonName = "Toni Conformance \(word)"
        names.emails = [address(word)]
        if facts.map({ $0.takes("userPrincipalName", by: purpose == .clientAuthentication) }) == true {
            names.userPrincipalName = address(word)
        }
        if facts?.requiredNames.contains("securityIdentifier") == true {
            names.securityIdentifier = "S-1-5-21-1004336348-1177238915-682003330-1105"
        }
        change(&names)
        guard let allowed = facts?.allowedNames else { return names }
        let kept = Set(allowed + (facts?.requiredNames ?? []))
        return RequestedNames(json: .object((names.json.object ?? [:]).filter { kept.contains($0.key) }))
    }
}

extension ProductFacts {
    /// Whether the product takes over a name.
    ///
    /// - Parameter otherwise: what holds where the profile does not say.
    func takes(_ name: String, by otherwise: Bool = false) -> Bool {
        requiredNames.contains(name) || (allowedNames.map { $0.contains(name) } ?? otherwise)
    }
}
