// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Gateway
import Ledger
import Settings

/// What whoever applies a file should know before: it is no mistake, and may not be meant.
extension ConfigurationAdministration {
    /// What is in use of a CA that goes, or stands for another one from now on: it is looked after, and nobody can revoke it.
    func leftBackendCAs(
        _ old: GatewayConfiguration, _ new: GatewayConfiguration, _ ledger: OrderLedger?
    ) async throws -> [String] {
        let left = old.backendCAs.filter { connection($0) != new.backendCA($0.name).map(connection) }
        guard !left.isEmpty, let inUse = try await ledger?.certificateCounts().filter({ $0.status == .active }) else {
            return []
        }
        return left.compactMap { backendCA in
            let name = backendCA.name
            let count = inUse.filter { $0.backendCA == name }.reduce(0) { $0 + $1.count }
            guard count > 0 else { return nil }
            let change = new.backendCA(name) == nil ? "goes" : "stands for another CA or account from now on"
            return
                "backend CA \(name) \(change), and \(Plural(count, "certificate")) that came from it stay in use: they are renewed at the CA of "
                + "their template, but none of them can be revoked from here any more; keep it until the last one has ended ('certway "
                + "certificate list --backend-ca \(name)')"
        }
    }

    /// Templates that keep earlier keys for less long than before, or are gone: the copies are erased, and may be the only ones.
    func forgottenKeys(_ former: GatewayConfiguration, _ new: GatewayConfiguration) -> [String] {
        former.templates.compactMap { before in
            guard let history = before.keyHistory else { return nil }
            let after = new.template(before.name)?.keyHistory
            guard after.map({ $0 < history }) ?? true else { return nil }
            let others = before.keyRecoveryAgents.isEmpty ? "there are no other copies" : "the archive's copies stay"
            return
                "template \(before.name) keeps earlier keys no more, or for less long than \(history.text): the next pass erases those copies "
                + "for good, and they come to no new device any more (\(others))"
        }
    }

    /// Certificates belong to the template they were ordered by: under another name, the same template buys them anew.
    func leftTemplates(_ changes: [ConfigurationStore.Change], _ ledger: OrderLedger?) async throws -> [String] {
        var warnings: [String] = []
        for change in changes where change.section == "templates" && change.kind == .removed {
            let filter = CertificateFilter(statuses: [.active], template: change.name, limit: .max)
            let count = try await ledger?.certificates(filter).count ?? 0
            guard count > 0 else { continue }
            warnings.append(
                "template \(change.name) goes, and \(Plural(count, "certificate")) of it stay in use: nothing looks after them "
                    + "any more, nobody takes them from who leaves, and a template of another name orders new ones for the same "
                    + "people; with enabled: false it orders nothing and looks after them; see 'certway plan'"
            )
        }
        return warnings
    }

    /// A line that was lost from a file, such as that of the agents, is noticed when a key is needed, which is too late.
    func endedArchiving(_ old: GatewayConfiguration, _ new: GatewayConfiguration) -> [String] {
        new.templates.filter { !$0.isArchived && old.template($0.name)?.isArchived == true }.map {
            "template \($0.name): its keys are archived no more (no keyRecoveryAgents): whoever loses the key of a certificate "
                + "ordered from now on loses what was encrypted for it; what is archived already stays"
        }
    }

    /// What a certificate is for, and whether its key is archived, is decided when it is ordered: in use it stays as it is.
    func laterTemplates(_ old: GatewayConfiguration, _ new: GatewayConfiguration) -> [String] {
        new.templates.flatMap { template -> [String] in
            guard let former = old.template(template.name) else { return [] }
            let replaced =
                "until they are renewed; 'certway incident start exchange --template \(template.name) --deadline 30d --because \"changed template\"' replaces them before, by a deadline"
            var warnings: [String] = []
            if former.purpose != template.purpose {
                warnings.append(
                    "template \(template.name): its purpose is \(template.purpose.rawValue) from now on; certificates in use are "
                        + "for \(former.purpose.rawValue) \(replaced)")
            }
            if template.isArchived, !former.isArchived {
                warnings.append(
                    "template \(template.name): its keys are archived from now on; those of certificates in use are not, \(replaced)"
                )
            }
            return warnings
        }
    }

    /// A template that was renamed in a file is another one: both order for the same people, and each is paid for.
    func twinTemplates(_ old: GatewayConfiguration, _ new: GatewayConfiguration) -> [String] {
        let ordering = new.templates.filter { $0.enabled && $0.requests == nil }
        return ordering.flatMap { template -> [String] in
            guard old.template(template.name)?.enabled != true else { return [] }
            return ordering.filter { other in
                other.name != template.name && other.group == template.group && other.purpose == template.purpose
                    && (other.mailboxes == nil) == (template.mailboxes == nil)
                    && (old.template(other.name) != nil || other.name < template.name)
            }.map { other in
                "templates \(other.name) and \(template.name) order for the same group and purpose: everybody in it gets, and is paid for, "
                    + "one of each; where one was renamed, keep the former name, or switch the other off with enabled: false before anything is "
                    + "ordered"
            }
        }
    }

    private static let usual = "Microsoft's own address"

    /// Those who stay lose what came before a key was changed.
    func forgetfulMailboxes(
        _ changes: [ConfigurationStore.Change], _ new: GatewayConfiguration
    ) -> [String] {
        let changed = Set(changes.filter { $0.section == "templates" && $0.isEffective }.map(\.name))
        return new.templates.filter { template in
            guard let mailboxes = template.mailboxes, template.enabled, changed.contains(template.name) else {
                return false
            }
            return template.keyHistory == nil && mailboxes.onLeave != .withdraw
        }.map {
            "template \($0.name): without keyHistory those who stay cannot read what came before a key was changed, whenever somebody "
                + "may not open a mailbox any more"
        }
    }

    /// A member that a file leaves out is removed, whoever needs it.
    func formerExchange(_ old: GatewayConfiguration, _ new: GatewayConfiguration) -> [String] {
        let names = new.templates.filter { $0.enabled && $0.needsMailboxes }.map(\.name)
        guard !names.isEmpty, let before = old.tenant, let after = new.tenant, before.exchange != after.exchange else {
            return []
        }
        let (former, now) = (before.exchange ?? Self.usual, after.exchange ?? Self.usual)
        return [
            "tenant.exchange is \(now) and was \(former): shared mailboxes of \(names.joined(separator: ", ")) are read there from now on"
        ]
    }

    /// What another key of the connectors means for what lies in Intune: it is encrypted to the former one.
    func newConnectorKey(
        _ old: GatewayConfiguration, _ new: GatewayConfiguration, _ files: AppliedFiles, _ ledger: OrderLedger?
    ) async throws -> [String] {
        guard let ledger, let former = old.intune?.publicKey, let path = new.intune?.publicKey,
            let before = try await ConfigurationStore(ledger: ledger).appliedFiles()?[former], let now = files[path],
            before != now
        else { return [] }
        let inUse = try await ledger.certificateCounts().filter { $0.status == .active }
        func count(_ keepsKeys: Bool) -> Int {
            inUse.filter { new.template($0.template)?.keepsKeys ?? false == keepsKeys }.reduce(0) { $0 + $1.count }
        }
        let (again, not) = (count(true), count(false))
        let kept = again == 0 ? "" : "\(Plural(again, "certificate")) in use will be delivered again by the next pass"
        let lost =
            not == 0
            ? ""
            : "the keys of \(Plural(not, "certificate")) in use are not at hand (no keyHistory): devices that have them go on, and no "
                + "other device gets them before they are renewed; 'certway drift report --source intune' names them"
        guard again + not > 0 else { return [] }
        return [
            "intune.publicKey is another key, and what lies in Intune is encrypted to the former one: "
                + [kept, lost].filter { !$0.isEmpty }.joined(separator: "; ")
        ]
    }
}
