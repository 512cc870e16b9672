// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import Expressions
import Foundation
import JSONDocuments
import Ledger
import PKIX
import Rules
import YAMLDocuments

/// Reads one template.
struct TemplateReader {
    private let reader: MappingReader
    private let library: ExpressionLibrary

    /// - Parameter library: takes the jq programs; they are compiled when the whole file is read.
    init(_ reader: MappingReader, library: ExpressionLibrary) {
        self.reader = reader
        self.library = library
    }

    func read() -> TemplateConfiguration {
        let requests = RequestPolicy(reader)
        let purpose =
            reader.choice("purpose", of: CertificatePurpose.self) ?? (requests == nil ? .smime : .serverAuthentication)
        noteSubject(requests, purpose)
        let agents = agents()
        if !agents.isEmpty, !purpose.isArchivable {
            reader.add("keyRecoveryAgents", "keys of purpose \(purpose.rawValue) are never archived; leave it out")
        }
        var template = TemplateConfiguration(
            name: reader.requiredString("name"), group: reader.string("group")?.lowercased() ?? "",
            nested: reader.bool("nested") ?? false, backendCA: reader.requiredString("backendCA"),
            product: reader.requiredString("product"), key: reader.choice("key", of: KeyType.self) ?? .rsa2048,
            purpose: purpose,
            validityDays: reader.int("validityDays", in: ConfigurationKeys.all.range(of: "templates[].validityDays")),
            names: names(purpose),
            addressDomains: MailDomain.list(reader, "addressDomains"),
            guests: reader.bool("guests") ?? false, transliterate: reader.bool("transliterate") ?? false,
            options: options(), accepted: AcceptedDifferences(reader), keyRecoveryAgents: agents,
            delivery: reader.choice("delivery", of: TemplateConfiguration.DeliveryTarget.self)
                ?? (requests == nil ? .intune : .none),
            intendedPurpose: reader.choice("intendedPurpose", of: IntendedPurpose.self)
                ?? IntendedPurpose(purpose),
            certificateUserIDs: certificateUserIDs(purpose),
            pfxEncryption: reader.choice("pfxEncryption", of: PKCS12Bundle.Encryption.self),
            pendingEndsAfter: reader.duration("pendingEndsAfter", in: .patience),
            life: LifePolicy(reader),
            smime: smime(),
            targets: Set(
                (reader.list("targets") ?? []).compactMap { $0.node.choice(at: $0.path, reader.collector) }),
            onDeletedInIntune: reader.choice("onDeletedInIntune", of: TemplateConfiguration.DeletionPolicy.self)
                ?? .report,
            price: reader.money("price"), prices: TemplatePrice.list(reader),
            charged: reader.choice("charged", of: ChargeRule.self) ?? .issued,
            limits: reader.mapping("limits").map { TemplateLimits($0) } ?? TemplateLimits(),
            enabled: reader.bool("enabled") ?? true,
            fingerprint: Data(DigestAlgorithm.sha256.digest(Array(reader.node.json.text.utf8))).base64EncodedString())
        template.publish = publish(purpose)
        template.failover = FailoverConfiguration(reader)
        template.requests = requests
        template.mailboxes = MailboxPolicy(reader)
        template.keyHistory = keyHistory(purpose, template.delivery)
        if template.mailboxes != nil {
            if !reader.has("group") { template.group = TemplateConfiguration.allMailboxes }
            if reader.has("certificateUserIds") {
                reader.add("certificateUserIds", "is for people, and means nothing with for: mailboxes; leave it out")
            }
        }
        return template
    }

    /// What belongs to templates of people, and what to those of requests.
    private func noteSubject(_ requests: RequestPolicy?, _ purpose: CertificatePurpose) {
        guard requests != nil else {
            if purpose == .serverAuthentication {
                reader.add("purpose", "certificates of servers are requested one by one: it goes with for: requests")
            }
            return
        }
        if purpose != .serverAuthentication {
            reader.add(
                "purpose", "expected \(CertificatePurpose.serverAuthentication.rawValue) with for: requests, or nothing"
            )
        }
        for key in [
            "group", "nested", "key", "names", "addressDomains", "guests", "transliterate", "keyRecoveryAgents",
            "certificateUserIds", "publish", "pfxEncryption", "onDeletedInIntune", "renewal", "onChange", "onDeparture",
            "failover",
            "smime", "keyHistory",
        ] where reader.has(key) {
            reader.add(key, "is for people, and means nothing with for: requests; leave it out")
        }
        if reader.has("delivery"), reader.string("delivery") != TemplateConfiguration.DeliveryTarget.none.rawValue {
            reader.add("delivery", "the key stays where it was made: nothing is delivered; leave it out")
        }
    }

    /// The programs that make the names: those of the template, and for a key it leaves out the usual attribute.
    private func names(_ purpose: CertificatePurpose) -> [String: JQProgram] {
        let usual = Self.usualNames.merging(purpose == .clientAuthentication ? Self.usualLogonNames : [:]) { $1 }
        var programs = usual.mapValues { ($0, reader.node, reader.path(of: "names")) }
        let known = ConfigurationKeys.names(in: "templates[].names")
        for member in reader.dictionary("names") ?? [] {
            guard known.contains(member.key) else {
                reader.collector.add(
                    member.node, member.path, "unknown name \(member.key)",
                    hint: suggestion(for: member.key, in: known))
                continue
            }
            if let text = member.node.string(at: member.path, reader.collector) {
                programs[member.key] = (text, member.node, member.path)
            }
        }
        return programs.compactMapValues { source, node, path in
            library.add(source, node: node, keyPath: path, collector: reader.collector)
        }
    }

    private func smime() -> PublicSMIMEKind? {
        let word = reader.node("smime")?.word(
            at: reader.path(of: "smime"), of: PublicSMIMEKind.words, reader.collector)
        return word.flatMap(PublicSMIMEKind.init(text:))
    }

    private func certificateUserIDs(_ purpose: CertificatePurpose) -> CertificateUserIDField? {
        let field = reader.choice("certificateUserIds", of: CertificateUserIDField.self)
        if field != nil, purpose != .clientAuthentication {
            reader.add(
                "certificateUserIds",
                "certificates of purpose \(purpose.rawValue) sign nobody in; it goes with "
                    + "purpose \(CertificatePurpose.clientAuthentication.rawValue)")
        }
        return field
    }

    private func publish(_ purpose: CertificatePurpose) -> [String] {
        let names = reader.strings("publish") ?? []
        // Who encrypts by the key of another certificate writes mail that nobody reads.
        if !names.isEmpty, !purpose.isArchivable, purpose != .serverAuthentication {
            reader.add("publish", "nobody encrypts by certificates of purpose \(purpose.rawValue); leave it out")
        }
        if let twice = Dictionary(grouping: names, by: \.self).first(where: { $1.count > 1 })?.key {
            reader.add("publish", "\"\(twice)\" stands twice in publish")
        }
        return names
    }

    private func keyHistory(
        _ purpose: CertificatePurpose, _ delivery: TemplateConfiguration.DeliveryTarget
    ) -> Duration? {
        let duration = reader.duration("keyHistory", in: LifePolicy.notice)
        if duration != nil, !purpose.isArchivable || delivery != .intune {
            reader.add("keyHistory", "is for keys that mail is decrypted with and that Intune delivers; leave it out")
        }
        return duration
    }

    private func agents() -> [String] {
        var agents: [String] = []
        for (node, path) in reader.list("keyRecoveryAgents") ?? [] {
            guard let name = node.string(at: path, reader.collector) else { continue }
            if agents.contains(name) {
                reader.collector.add(node, path, "\"\(name)\" stands twice in keyRecoveryAgents")
            }
            agents.append(name)
        }
        return agents
    }

    private func options() -> JSONValue {
        var options: [String: JSONValue] = [:]
        for member in reader.dictionary("options") ?? [] { options[member.key] = member.node.json }
        return .object(options)
    }

    /// The attribute that makes a name where the template does not say.
    static let usualNames = [
        "emails": ".smtpAddresses", "commonName": #".displayName // """#, "givenName": #".givenName // """#,
        "surname": #".surname // """#,
    ]

    /// By what Windows and Entra ID know whom a certificate for logon means (KB5014754); people without it have no account there.
    static let usualLogonNames = [
        "userPrincipalName": #".userPrincipalName // """#,
        "securityIdentifier": #".onPremisesSecurityIdentifier // """#,
    ]
}
