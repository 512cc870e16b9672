// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Ledger
import PKIX

/// What becomes of one certificate that was found.
public struct Adoption: Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        /// It is looked after from now on, and nothing is ordered for its person.
        case adopt
        /// The same, and the next plan replaces it, for it says something else than the template would today.
        case adoptAndReplace
        /// It is left alone; the reason says why.
        case leave
    }

    public let outcome: Outcome
    /// Whose it would be; nil where nobody of a template has its names.
    public let userPrincipalName: String?
    public let template: String?
    /// One sentence; empty where there is nothing to say.
    public let reason: String
    /// Whether it lies in Intune for that person.
    public let isInIntune: Bool
    /// The order that stands for it; nil for a dry run, and where it was left alone.
    public internal(set) var reference: String?

    let found: FoundCertificate
    private(set) var adopted: AdoptedCertificate?

    init(
        _ found: FoundCertificate, _ outcome: Outcome, person: String? = nil, template: String? = nil,
        reason: String = "", isInIntune: Bool = false, adopted: AdoptedCertificate? = nil
    ) {
        (self.found, self.outcome, self.template, self.reason) = (found, outcome, template, reason)
        (userPrincipalName, self.isInIntune, self.adopted) = (person, isInIntune, adopted)
    }

    public var serialNumber: String { found.certificate.serialNumber.hex }
    public var emails: [String] { found.certificate.emailAddresses }
    public var validTo: Date { found.certificate.notAfter }
    public var foundIn: String { found.source.text }

    /// Where it stands in a list, whenever and in whatever order it is found: beside the others of its person.
    var place: (String, Date, String) {
        (userPrincipalName ?? emails.first ?? "", validTo, found.certificate.sha256Fingerprint)
    }

    /// With the key of the connectors for which Intune holds it: what was delivered for another one is known to be by it later.
    func delivered(for connector: String?) -> Adoption {
        var copy = self
        copy.adopted?.connectorKey = connector
        return copy
    }

    /// One that turned out to be somebody's already, between the look and the deed.
    func left(because reason: String) -> Adoption {
        Adoption(found, .leave, person: userPrincipalName, template: template, reason: reason, isInIntune: isInIntune)
    }

    public var json: JSONValue {
        var json = found.json
        json["outcome"] = .string(outcome.rawValue)
        json["userPrincipalName"] = JSONValue(userPrincipalName)
        json["template"] = JSONValue(template)
        json["reason"] = .string(reason)
        json["inIntune"] = .bool(isInIntune)
        json["order"] = JSONValue(reference)
        return json
    }
}
