// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import Ledger
import PKIX
import Rules
import YAMLDocuments

extension ConfigurationKeys {
    static let backendCAs: [ProfileKey] =
        [
            ProfileKey("backendCAs", "list of mappings", "Connections to CAs."),
            ProfileKey("backendCAs[].name", "text", isRequired: true, "Name, for templates and commands."),
            ProfileKey(
                "backendCAs[].connector", "text", isRequired: true,
                "Name of a connector profile; `certway connector list` shows them all."),
            ProfileKey(
                "backendCAs[].environment", "text", "One of the profile's environments; its first when left out."),
            ProfileKey("backendCAs[].endpoint", "address", "In place of the environment's, for a sandbox or a proxy."),
            ProfileKey(
                "backendCAs[].tlsRoots", "path",
                "PEM file with the roots that alone are trusted for this CA, in place of the system's."),
            ProfileKey(
                "backendCAs[].acceptedRoots", "path", isRequired: true,
                "PEM file with the roots that issued certificates must lead to; others hold the order."),
            ProfileKey(
                "backendCAs[].settings", "mapping",
                "What the profile asks for: `certway connector show NAME` lists it. Secrets are given as `env:NAME` or "
                    + "`file:/path`, never themselves."),
            ProfileKey("backendCAs[].settings.*", "any value that fits", "As the profile says."),
            ProfileKey(
                "backendCAs[].limits", "list of mappings",
                "In place of the profile's rate limits, where the account has others; an empty list is none."),
        ] + borrowed("limits[].", to: "backendCAs[].limits[].") + [
            ProfileKey(
                "backendCAs[].absenceIsSureAfter", "duration",
                "In place of the profile's rule how long an order may stay invisible, for sandboxes."),
            ProfileKey(
                "backendCAs[].pollEvery", "duration",
                "In place of the schedule by which waiting orders are asked for, for sandboxes."),
            ProfileKey(
                "backendCAs[].expectedWithin", "duration",
                "How long an order may wait for the CA, its approver or subscriber before the administrator is told; "
                    + "\(BackendCAConfiguration.usually.text) when left out."),
            ProfileKey(
                "backendCAs[].pendingEndsAfter", "duration",
                "After how long the CA ends an order by itself that nobody confirms or approves: the deadline that `certway order waiting` "
                    + "shows; not known when left out."),
            ProfileKey(
                "backendCAs[].newIssuer", "word",
                "What follows when a certificate comes back by a CA certificate that nobody has confirmed (`certway ca chain`): it is said, or the "
                    + "certificate waits, too; \(NewIssuerPolicy.report.rawValue) when left out.",
                words: words(NewIssuerPolicy.self)),
            ProfileKey(
                "backendCAs[].rules", "mapping",
                "What follows here from broken rules (`certway rules list`), where it is another thing than the rule files say: by the "
                    + "id of a rule, or for all rules of a severity.",
                words: words(RuleSeverity.self), example: "{warn: accept, smbr-7.1.4.2.2c-ou: stop}"),
            ProfileKey(
                "backendCAs[].rules.*", "word", "Id of a rule, or \(words(RuleSeverity.self).joined(separator: ", ")).",
                words: words(RuleSeverity.self)),
            ProfileKey(
                "backendCAs[].rules.issued", "word",
                "Whether a certificate that came back and breaks a rule of severity stop holds its order; remark when left out.",
                words: ["remark", "hold"]),
        ]

    static let templates: [ProfileKey] =
        [
            ProfileKey("templates", "list of mappings", "Which group gets what certificate from which CA."),
            ProfileKey(
                "templates[].name", "text", isRequired: true,
                "Name. Certificates belong to it: under another name it orders anew for everybody."),
            ProfileKey(
                "templates[].for", "word",
                "For whom it is: people of a group, whose keys the gateway makes; shared mailboxes, whose keys go to those who may open them; or requests, by which people who may request "
                    + "certificates bring the keys of servers; \(TemplateSubject.people.rawValue) when left out.",
                words: words(TemplateSubject.self)),
            ProfileKey(
                "templates[].requests", "mapping", "What may be asked for; needed with for: requests, and only there.",
                example: "{domains: [intra.example.org], approval: false}"),
            ProfileKey("templates[].requests.hosts", "list of text", "Host names that may be asked for."),
            ProfileKey(
                "templates[].requests.domains", "list of text",
                "Domains that may be asked for, with every host below them."),
            ProfileKey(
                "templates[].requests.wildcards", "true or false",
                "Whether a name may begin with `*.`, below one of the domains; false when left out."),
            ProfileKey(
                "templates[].requests.keys", "list of words", "Kinds of keys; what the product takes when left out.",
                words: words(KeyType.self)),
            ProfileKey(
                "templates[].requests.approval", "true or false",
                "Whether an administrator agrees before anything is ordered; true when left out."),
            ProfileKey(
                "templates[].requests.remindBefore", "duration",
                "How long before its end whoever asked is reminded; 30d when left out."),
            ProfileKey(
                "templates[].mailboxes", "mapping", "What holds for shared mailboxes; only with for: mailboxes.",
                example: "{onLeave: replaceAndRevoke}"),
            ProfileKey(
                "templates[].mailboxes.onLeave", "word",
                "What follows when somebody who has a mailbox's key may not open it any more: the copy is withdrawn, the key is changed as well, "
                    + "or the old certificate is revoked on top; "
                    + "\(MailboxPolicy.Leaver.replaceAndRevoke.rawValue) when left out.",
                words: words(MailboxPolicy.Leaver.self)),
            ProfileKey(
                "templates[].keyHistory", "duration",
                "How long after their end the keys of earlier certificates stay on the devices, so that old mail can be read. As long a sealed copy "
                    + "is kept beside the ledger. Nothing is kept when left out.", example: "1825d"),
            ProfileKey(
                "templates[].group", "GUID",
                "Object id of the group; needed unless a policy names the template. With for: mailboxes, the accounts of the mailboxes it is for; "
                    + "all shared mailboxes when left out."),
            ProfileKey(
                "templates[].nested", "true or false",
                "Whether members of nested groups belong to it; false when left out."),
            ProfileKey("templates[].backendCA", "text", isRequired: true, "Name of a backend CA."),
            ProfileKey(
                "templates[].product", "text", isRequired: true,
                "Id of the CA's product; `certway ca products NAME` and `certway connector show NAME` list them."),
            ProfileKey(
                "templates[].key", "word", "Kind of the key; \(KeyType.rsa2048.rawValue) when left out.",
                words: words(KeyType.self)),
            ProfileKey(
                "templates[].purpose", "word",
                "What certificates are for; \(CertificatePurpose.smime.rawValue) when left out.",
                words: words(CertificatePurpose.self)),
            ProfileKey(
                "templates[].validityDays", "whole number",
                "Days asked for; what the product gives when left out.", in: 1...3650),
            ProfileKey(
                "templates[].names", "mapping",
                "jq programs over a person's directory attributes, by the name they make; for one that is left out the usual "
                    + "attribute, or none. `certway template preview` shows what they give."),
        ]
        + RequestedNames.keys.filter { $0 != "hosts" }.map {
            ProfileKey("templates[].names.\($0)", "jq", standard(ofName: $0))
        } + [
            ProfileKey(
                "templates[].addressDomains", "list of text",
                "Domains whose addresses the CA may certify; all but `onmicrosoft.com` when left out."),
            ProfileKey(
                "templates[].guests", "true or false",
                "Whether guests of the tenant, whose addresses are another organisation's, get certificates, and keys of shared mailboxes; "
                    + "false when left out."
            ),
            ProfileKey(
                "templates[].transliterate", "true or false",
                "Whether names are written in ASCII letters; false when left out."),
            ProfileKey("templates[].options", "mapping", "Choices for this product, as the profile defines them."),
            ProfileKey("templates[].options.*", "any value that fits", "As the product says."),
            ProfileKey(
                "templates[].accept", "mapping",
                "What certificates may say beyond what is asked for; anything else holds the order."),
        ] + borrowed("products[].accept.", to: "templates[].accept.") + [
            ProfileKey(
                "templates[].keyRecoveryAgents", "list of text",
                "Names of the agents that keys are archived for; keys are not archived when left out."),
            ProfileKey(
                "templates[].delivery", "word",
                "Where certificate and key go; \(TemplateConfiguration.DeliveryTarget.intune.rawValue) when left out.",
                words: words(TemplateConfiguration.DeliveryTarget.self)),
            ProfileKey(
                "templates[].intendedPurpose", "word", "Tag of the entry in Intune; by the purpose when left out.",
                words: words(IntendedPurpose.self)),
            ProfileKey(
                "templates[].certificateUserIds", "word",
                "By which field of the certificate people sign in to Entra ID: its value is put into `certificateUserIds` of their accounts "
                    + "before the certificate is delivered, and taken out when it is over; nothing is written when left out. For purpose "
                    + "`\(CertificatePurpose.clientAuthentication.rawValue)`.",
                words: words(CertificateUserIDField.self)),
            ProfileKey(
                "templates[].publish", "list of text",
                "Names of the directories in which others find its certificates, once they are delivered and as long as they are in use; "
                    + "they are published nowhere when left out."),
            ProfileKey(
                "templates[].onDeletedInIntune", "word",
                "What follows when somebody has deleted the entry in Intune: it is said, or a new certificate is ordered, too, and the key of a "
                    + "mailbox or an earlier one delivered again; "
                    + "\(TemplateConfiguration.DeletionPolicy.report.rawValue) when left out.",
                words: words(TemplateConfiguration.DeletionPolicy.self)),
            ProfileKey(
                "templates[].pfxEncryption", "word", "As in section intune, for this template.",
                words: words(PKCS12Bundle.Encryption.self)),
            ProfileKey(
                "templates[].renewal", "mapping",
                "When a certificate in use is renewed, and what becomes of the old one."),
            ProfileKey(
                "templates[].renewal.before", "duration",
                "How long before its end a certificate is renewed at the latest; \(life.renewBefore.text) when left out, and "
                    + "never longer than a third of its validity."),
            ProfileKey(
                "templates[].renewal.spread", "duration",
                "Over how long before that the renewals spread, so that certificates of one day are not renewed on one day; "
                    + "\(life.renewSpread.text) when left out, and no longer than `before`."),
            ProfileKey(
                "templates[].renewal.superseded", "word",
                "What becomes of the old one once the new one is in use; \(life.superseded.rawValue) when left out, until it ends.",
                words: words(LifePolicy.Superseded.self)),
            ProfileKey(
                "templates[].onChange", "word",
                "What follows when a name or address is another one than certified; \(life.onChange.rawValue) when left out: the "
                    + "old one is revoked as soon as the new one is on the person's devices.",
                words: words(LifePolicy.Change.self)),
            ProfileKey(
                "templates[].onDeparture", "mapping",
                "What follows when somebody has left the group or the tenant, or the account is disabled."),
            ProfileKey(
                "templates[].onDeparture.after", "duration",
                "How long somebody may be away before it follows; \(life.departureGrace.text) when left out."),
            ProfileKey(
                "templates[].onDeparture.certificate", "word",
                "`revoke` takes it from the devices and revokes it, `retire` leaves it valid for old mail, `keep` does nothing; "
                    + "\(life.onDeparture.rawValue) when left out.", words: words(LifePolicy.Departure.self)),
            ProfileKey(
                "templates[].pendingEndsAfter", "duration",
                "How long an order may wait at its CA for somebody to confirm or approve; then it is cancelled there, and ordered again once. For "
                    + "as long as the CA has it when left out."),
            ProfileKey(
                "templates[].price", "money",
                "What one order of the product costs; kept with each order, for budgets and `certway cost`."),
            ProfileKey(
                "templates[].prices", "list of mappings",
                "What orders of other products and validities cost, for `certway enroll`; the first that fits counts.",
                example: "[{validityDays: 730, price: 31 EUR}]"),
            ProfileKey("templates[].prices[].product", "text", "Id of the product; the template's when left out."),
            ProfileKey(
                "templates[].prices[].validityDays", "whole number",
                "Of an order of so many days; of any when left out.",
                in: 1...3650),
            ProfileKey("templates[].prices[].price", "money", isRequired: true, "What one order costs then."),
            ProfileKey(
                "templates[].charged", "word",
                "Which orders cost the price: `issued`, those that led to a certificate, or `placed`, also those that had left and were "
                    + "refused or cancelled; \(ChargeRule.issued.rawValue) when left out.",
                words: words(ChargeRule.self)),
            ProfileKey(
                "templates[].limits", "mapping", "What this template may do by itself, within the section `limits`."),
            ProfileKey(
                "templates[].limits.ordersPerRun", "whole number",
                "New orders one pass may place without a person's consent; those of other templates do not wait for them. With for: requests, those that "
                    + "are ordered within a day without anybody's agreement; what goes beyond waits for it.",
                in: 0...10_000_000),
            ProfileKey(
                "templates[].limits.replacementsPerRun", "whole number",
                "How many of them may replace a certificate because a name or address has changed.", in: 0...10_000_000),
            ProfileKey(
                "templates[].limits.endingsPerRun", "whole number",
                "Certificates one pass may end without a person's consent.", in: 0...10_000_000),
            ProfileKey(
                "templates[].limits.budgetPerMonth", "money",
                "What its orders of a calendar month (UTC) may cost without a person's consent."),
            ProfileKey(
                "templates[].limits.certificatesPerPerson", "whole number",
                "Certificates that one person gets within 30 days because names, groups or records have changed; "
                    + "\(TemplateLimits().certificatesPerPerson) when left out; a shared mailbox five times as many. What would be one more waits, and is said. Renewals in time, "
                    + "incidents and what a person orders do not wait.",
                in: 1...100),
            ProfileKey(
                "templates[].failover", "mapping",
                "Where new orders go while `backendCA` takes none; nowhere when left out, and they wait. What has left is not ordered again."
            ),
            ProfileKey(
                "templates[].failover.backendCA", "text", isRequired: true, "Name of the backend CA that stands in."),
            ProfileKey("templates[].failover.product", "text", isRequired: true, "Id of its product."),
            ProfileKey(
                "templates[].failover.after", "duration",
                "How long `backendCA` must have taken no orders; \(FailoverConfiguration.usualDelay.text) when left out. They go back once it has "
                    + "answered for a quarter of that."),
            ProfileKey(
                "templates[].smime", "word",
                "Which kind of publicly trusted S/MIME certificate the product is, where its profile does not say: the rules for it count "
                    + "then (`certway rules list`).",
                words: PublicSMIMEKind.words),
            ProfileKey(
                "templates[].targets", "list of words",
                "Where certificates are to be taken beyond mail programs; the rules of these count, too (`certway rules list`).",
                words: words(RuleTarget.self), example: "[outlookMobile, gmail]"),
            ProfileKey(
                "templates[].enabled", "true or false",
                "False for a template that orders nothing and goes on looking after what it has: who leaves loses it; true when left out."
            ),
        ]

    private static let life = LifePolicy()

    private static func standard(ofName key: String) -> String {
        if key == "emails" {
            return
                "`.smtpAddresses`, the person's own, when left out. `.smtpAddresses + .\(TemplateConfiguration.mailboxAddresses)` adds those of "
                + "shared mailboxes that the person may open."
        }
        if let usual = TemplateReader.usualNames[key] { return "`\(usual)` when left out." }
        let logon = CertificatePurpose.clientAuthentication.rawValue
        return TemplateReader.usualLogonNames[key].map { "`\($0)` when left out, for purpose \(logon)." }
            ?? "None when left out."
    }

    /// Keys that mean in a profile what they mean here.
    private static func borrowed(_ prefix: String, to place: String) -> [ProfileKey] {
        ProfileKey.common.filter { $0.path.hasPrefix(prefix) }.map { key in
            ProfileKey(
                place + key.path.dropFirst(prefix.count), key.type, isRequired: key.isRequired, key.help,
                words: key.words, in: key.range)
        }
    }
}
