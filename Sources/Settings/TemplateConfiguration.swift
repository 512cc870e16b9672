// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import Expressions
import JSONDocuments
public import Ledger
import PKIX
import Rules

/// A certificate template: which group gets what certificate from which CA, and what happens with it.
public struct TemplateConfiguration: Sendable {
    public enum DeliveryTarget: String, Sendable, CaseIterable {
        case intune, none
    }

    /// What follows when somebody has deleted a certificate in Intune.
    public enum DeletionPolicy: String, Sendable, CaseIterable {
        /// It is said.
        case report
        /// A new certificate is ordered, too: the key of the old one is nowhere but in the archive.
        case reorder
    }

    public var name: String
    /// Object id of the enrollment group.
    public var group: String
    /// Whether members of nested groups belong to it.
    public var nested: Bool
    public var backendCA: String
    /// Id of the CA product.
    public var product: String
    public var key: KeyType
    public var purpose: CertificatePurpose
    /// Days asked for; nil for what the product gives.
    public var validityDays: Int?
    /// jq programs over directory attributes, by the name they make (`RequestedNames.keys`).
    public var names: [String: JQProgram]
    /// Domains whose addresses the CA may certify; empty for all but `onmicrosoft.com`.
    public var addressDomains: [String]
    /// Whether guests of the tenant, whose addresses are another organisation's, get certificates, and keys of the mailboxes that they
    /// may open.
    public var guests: Bool
    /// Whether names are written in ASCII letters.
    public var transliterate: Bool
    /// Choices for this product, as the profile defines them.
    public var options: JSONValue
    /// What certificates may say beyond what is asked for.
    public var accepted: AcceptedDifferences
    /// Names of the key recovery agents; empty when keys are not archived.
    public var keyRecoveryAgents: [String]
    public var delivery: DeliveryTarget
    /// Tag of the record in Intune (wire/intune-pfx §7).
    public var intendedPurpose: IntendedPurpose
    /// By which field of their certificates people are to sign in to Entra ID, which is kept in their accounts; nil for no such entry.
    public var certificateUserIDs: CertificateUserIDField?
    /// Names of the directories in which its certificates are found once they are delivered.
    public var publish: [String] = []
    /// How the PFX file is encrypted; nil for what the section `intune` says.
    public var pfxEncryption: PKCS12Bundle.Encryption?
    /// How long an order may wait at its CA for somebody to confirm or approve before it is cancelled; nil for as long as the CA has it.
    public var pendingEndsAfter: Duration?
    /// What follows once a certificate is in use.
    public var life: LifePolicy
    /// Which kind of publicly trusted S/MIME certificate the product is, where its profile does not say.
    public var smime: PublicSMIMEKind?
    /// Where certificates are to be taken beyond mail programs; the rules of these count, too.
    public var targets: Set<RuleTarget>
    /// What follows when somebody has deleted the certificate in Intune.
    public var onDeletedInIntune: DeletionPolicy
    /// What one order costs; nil where nobody has said.
    public var price: Money?
    /// What orders of other products and validities cost.
    public var prices: [TemplatePrice]
    /// Which orders cost that.
    public var charged: ChargeRule
    /// What the template may do by itself, within what all may.
    public var limits: TemplateLimits
    public var enabled: Bool
    /// Changes whenever anything that shapes an order changes, so that the planner looks at everybody again.
    public var fingerprint: String
    /// By which command it came to the CA it has now; nil where a file says so.
    public var caSwitch: CASwitch?
    /// Where new orders go while its own CA takes none; nil where nobody stands in.
    public var failover: FailoverConfiguration?
    /// Its own CA and product while it orders at the second one; nil otherwise.
    public internal(set) var home: Home?

    /// What may be asked for, of a template of requests; nil for one of people.
    public var requests: RequestPolicy?

    /// What holds for shared mailboxes, of a template of those; nil for one of people or requests.
    public var mailboxes: MailboxPolicy?
    /// How long after their end keys stay on the devices, for mail that was encrypted to them; nil where nothing sees to that.
    public var keyHistory: Duration?

    /// What stands for the group of a template that is for all shared mailboxes.
    public static let allMailboxes = "mailboxes"

    /// What programs of `names` see of the shared mailboxes that a person may open.
    public static let mailboxAddresses = "mailboxAddresses"

    /// Whether it must be known who may open which shared mailbox: to give those a key, or to certify addresses for them.
    public var needsMailboxes: Bool {
        mailboxes != nil || names.values.contains { $0.source.contains(Self.mailboxAddresses) }
    }

    /// Whether a sealed copy of its keys is kept as long as somebody is to have them.
    public var keepsKeys: Bool { mailboxes != nil || keyHistory != nil }

    public var isArchived: Bool { !keyRecoveryAgents.isEmpty }

    /// The same for the group of a policy.
    func belonging(to policy: PolicyConfiguration) -> TemplateConfiguration {
        var template = self
        (template.group, template.nested) = (policy.group, policy.nested)
        template.fingerprint += " \(policy.group) \(policy.nested)"
        return template
    }
}
