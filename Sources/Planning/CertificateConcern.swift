// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Ledger
import Names
import Settings

/// Why somebody's certificate should be looked at although it is in use: directory or template would not have it ordered like
/// that today.
public enum CertificateConcern: String, Sendable, CaseIterable {
    /// Left the group, or the tenant.
    case departed
    /// The account is disabled.
    case disabled
    /// A member who would get no certificate today for another reason.
    case notEntitled
    /// Name or address differ from what was certified.
    case renamed
    /// The template names another backend CA or product.
    case otherCA
    /// Ordered at the CA that stands in while the template's own took no orders.
    case failedOver

    /// End of a sentence that begins with a number of people who have a certificate in use.
    public var description: String {
        switch self {
        case .departed: "have left the group or the tenant"
        case .disabled: "have a disabled account"
        case .notEntitled: "would get no certificate today"
        case .renamed: "have another name or address than their certificate"
        case .failedOver: "have a certificate of the CA that stood in while the template's own took no orders"
        case .otherCA: "have a certificate of another CA or product than the template names"
        }
    }

    /// Whether nothing is renewed as long as it is so.
    var endsRenewal: Bool { isDeparture || self == .notEntitled }

    /// Whether the person is away, and may come back.
    var isDeparture: Bool { self == .departed || self == .disabled }

    /// What there is to say about the order of a member, and one sentence why; nil for nothing.
    static func find(
        _ finding: EnrollmentRules.Finding, _ member: EnrollmentMember?, _ standing: SubscriberStanding,
        _ template: TemplateConfiguration, certifiedNames: [String]?
    ) -> (concern: CertificateConcern, reason: String)? {
        switch finding {
        case .left(let reason): return (.departed, reason)
        case .excluded(let reason):
            return (
                member?.person.isAccountEnabled == false && template.mailboxes == nil ? .disabled : .notEntitled, reason
            )
        case .entitled(let names, _, let doubts):
            let certified = RequestedNames(json: standing.names)
            if let doubt = DoubtfulAddress.explaining(doubts, certified.emails, names.emails).first {
                return (
                    .renamed, "\(doubt.address) \(doubt.objection): until that is mended the certificate stays as it is"
                )
            }
            var changed = certified.keysThatDiffer(from: names).filter { certifiedNames?.contains($0) ?? true }
            if let name = member?.person.userPrincipalName,
                !AddressSource.isSame(standing.userPrincipalName, name)
            {
                changed.append("user principal name (was \(standing.userPrincipalName))")
            }
            if !changed.isEmpty { return (.renamed, "other names than certified: \(changed.joined(separator: ", "))") }
            let place = "ordered from \(standing.backendCA), product \(standing.product)"
            if template.isOfSecond(standing.backendCA, standing.product) {
                return (
                    .failedOver, "\(place), while \(template.configuredHome.backendCA) took no orders"
                )
            }
            guard template.means(standing.backendCA, standing.product) else {
                let home = template.configuredHome
                return (.otherCA, "\(place); the template names \(home.backendCA), product \(home.product)")
            }
            return nil
        }
    }
}

extension RequestedNames {
    /// Keys of the JSON form under which two readings differ, sorted. Addresses and names to sign in with in other capitals are the same:
    /// no mail goes elsewhere by them (RFC 5280 section 7.5 for the domain; the rest as every directory takes it).
    func keysThatDiffer(from other: RequestedNames) -> [String] {
        let (own, other) = (withoutCapitals.json, other.withoutCapitals.json)
        return Self.keys.filter { own[$0] != other[$0] }.sorted()
    }

    private var withoutCapitals: RequestedNames {
        var names = self
        names.emails = emails.map(AddressSource.foldedCase)
        names.userPrincipalName = userPrincipalName.map(AddressSource.foldedCase)
        return names
    }
}
