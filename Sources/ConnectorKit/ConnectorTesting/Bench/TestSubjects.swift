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
    /// Names that an order carries where its product cannot do without, such as the organization of the account.
    public var whereRequired = RequestedNames()
    /// Makes this run's names differ from those of other runs; small letters and digits.
    public var tag: String
    /// Logon name and identifier (`S-1-5-21-…`) of an account that the CA knows; nil where any will do.
    public var userPrincipalName: String?
    public var securityIdentifier: String?

    public init(
        domain: String, foreignDomain: String, common: RequestedNames = RequestedNames(), tag: String,
        userPrincipalName: String? = nil, securityIdentifier: String? = nil
    ) {
        self.domain = domain
        self.foreignDomain = foreignDomain
        self.common = common
        self.tag = tag
        self.userPrincipalName = userPrincipalName
        self.securityIdentifier = securityIdentifier
    }

    func address(_ word: String) -> String { "\(word).\(tag)@\(domain)" }

    /// Names of one person, as a template would make them for this product: what it needs and nothing it does not take.
    ///
    /// - Parameters:
    ///   - word: small letters and digits; makes the address.
    ///   - facts: of the trial's product; nil where the profile does not list it.
    ///   - change: asks for something unusual.
    func names(
        _ word: String, for trial: OrderTrial, _ facts: ProductFacts?,
        change: (inout RequestedNames) -> Void = { _ in }
    ) -> RequestedNames {
        var names = common
        names.givenName = "Toni"
        names.surname = "Conformance"
        names.commonName = "Toni Conformance \(word)"
        names.emails = [address(word)]
        let isLogon = trial.purpose == .clientAuthentication
        if trial.logonNames.contains("userPrincipalName") || facts?.takes("userPrincipalName", by: isLogon) ?? isLogon {
            names.userPrincipalName = userPrincipalName ?? address(word)
        }
        if trial.logonNames.contains("securityIdentifier")
            || facts?.requiredNames.contains("securityIdentifier") == true
        {
            names.securityIdentifier = securityIdentifier ?? "S-1-5-21-1004336348-1177238915-682003330-1105"
        }
        for key in facts?.requiredNames ?? [] where names.json[key] == nil {
            guard let text = whereRequired.json[key], var known = names.json.object else { continue }
            known[key] = text
            names = RequestedNames(json: .object(known))
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
