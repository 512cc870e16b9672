// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import YAMLDocuments

/// A configuration as far as it reads, with the places where its parts stand: whoever looks further, at profiles and files, points
/// at the line, and everything that is wrong is told at once.
///
/// A value that could not be read is noted already, and is empty in the configuration.
public struct ConfigurationReading {
    public let configuration: GatewayConfiguration
    /// Takes whatever else is wrong.
    public let collector: DiagnosticCollector
    /// Where the sections stand, and the members of the lists, in the order of the configuration.
    public let tenant: MappingReader?
    public let intune: MappingReader?
    public let keyRecoveryAgents: [MappingReader]
    public let backendCAs: [MappingReader]
    public let directories: [MappingReader]
    public let templates: [MappingReader]
    public let requestTemplates: [MappingReader]
    public let policies: [MappingReader]
    public let console: MappingReader?
    public let notifications: MappingReader?
    public let handOver: MappingReader?

    /// Notes what does not fit together: parts may come from different files, so that no file shows it by itself.
    public func noteInconsistencies() {
        noteCurrencies()
        if configuration.console?.signIn != nil, configuration.tenant == nil {
            console?.add(
                "signIn", "people sign in by the tenant, but section tenant is missing",
                hint: "add it, or leave signIn out")
        }
        if let notifications = configuration.notifications, notifications.server == nil, configuration.tenant == nil {
            self.notifications?.add(
                "from", "mails go through the tenant, but section tenant is missing", hint: "add it, or give smtp")
        }
        let agents = configuration.keyRecoveryAgents.map(\.name)
        let backendCAs = configuration.backendCAs.map(\.name)
        notePolicies()
        noteDirectories()
        noteMailedKeys()
        for (template, reader) in zip(configuration.allTemplates, templates + requestTemplates)
        where !template.backendCA.isEmpty && !backendCAs.contains(template.backendCA) {
            reader.add(
                "backendCA", "template \(template.name): backendCA \"\(template.backendCA)\" is not configured",
                hint: known(template.backendCA, in: backendCAs, "backend CAs"))
        }
        for (template, reader) in zip(configuration.templates, templates) {
            let subject = "template \(template.name): "
            for (index, agent) in template.keyRecoveryAgents.enumerated() where !agents.contains(agent) {
                let node = reader.node("keyRecoveryAgents")?.elements?[index] ?? reader.node
                collector.add(
                    node, "\(reader.path(of: "keyRecoveryAgents"))[\(index)]",
                    subject + "key recovery agent \"\(agent)\" is not configured",
                    hint: known(agent, in: agents, "agents"))
            }
            noteGroup(of: template, reader)
            if let failover = template.failover, let place = reader.node("failover") {
                let path = reader.path(of: "failover") + ".backendCA"
                if failover.backendCA == template.backendCA {
                    collector.add(
                        place, path, subject + "backend CA \(failover.backendCA) cannot stand in for itself",
                        hint: "name another one")
                } else if !failover.backendCA.isEmpty, !backendCAs.contains(failover.backendCA) {
                    collector.add(
                        place, path, subject + "backendCA \"\(failover.backendCA)\" is not configured",
                        hint: known(failover.backendCA, in: backendCAs, "backend CAs"))
                }
            }
            if template.delivery == .intune, configuration.intune == nil {
                reader.add(
                    "delivery", subject + "delivers through Intune, but section intune is missing",
                    hint: "add it, or set delivery: none")
            }
        }
    }

    /// A file with a key leaves only where its password surely goes another way.
    private func noteMailedKeys() {
        guard let byMail = configuration.handOver?.byMail, let reader = handOver?.mapping("byMail") else { return }
        guard let notifications = configuration.notifications else {
            return reader.add("passwordTo", "files are mailed, but section notifications is missing", hint: "add it")
        }
        if let to = MailAddress(byMail.passwordTo), MailAddress(notifications.from)?.isSameMailbox(as: to) == true {
            reader.add(
                "passwordTo",
                "\(byMail.passwordTo) is the mailbox of notifications.from: a file that cannot be delivered comes back there, and would lie "
                    + "beside its password", hint: "name another mailbox")
        }
        for event in NoticeEvent.allCases where event.carriesKey && !notifications.event(event).isSent {
            reader.add(
                "passwordTo", "files are mailed, but \(event.rawValue) is switched off in notifications.events",
                hint: "leave byMail out where nothing is to be mailed")
        }
    }

    private func noteDirectories() {
        for (directory, reader) in zip(configuration.directories, directories)
        where directory.kind == .exchange && configuration.tenant == nil {
            reader.add("kind", "the address list is the tenant's, but section tenant is missing", hint: "add it")
        }
        let names = configuration.directories.map(\.name)
        for (template, reader) in zip(configuration.templates, templates) {
            for (node, path) in reader.list("publish") ?? [] {
                guard let name = node.scalar, !names.contains(name) else { continue }
                collector.add(
                    node, path, "template \(template.name): directory \"\(name)\" is not configured",
                    hint: known(name, in: names, "directories"))
            }
        }
    }

    /// A template has the group of its policy, or one of its own.
    private func noteGroup(of template: TemplateConfiguration, _ reader: MappingReader) {
        let policies = configuration.policies.filter { $0.templates.contains(template.name) }
        if policies.isEmpty, !reader.has("group"), template.mailboxes == nil {
            reader.add(
                "group", "template \(template.name): group is missing",
                hint: "give the object id of its group, or name the template in a policy")
        }
        guard let policy = policies.first else { return }
        for key in ["group", "nested"] where reader.has(key) {
            reader.add(
                key, "template \(template.name): \(key) stands in policy \(policy.name) as well",
                hint: "leave it out here")
        }
        if policies.count > 1 {
            reader.add(
                "name",
                "template \(template.name) stands in the policies \(policies.map(\.name).joined(separator: ", "))",
                hint: "a template has one group: leave it in one of them")
        }
    }

    private func notePolicies() {
        let names = configuration.templates.map(\.name)
        for (policy, reader) in zip(configuration.policies, policies) {
            var seen: Set<String> = []
            for (node, path) in reader.list("templates") ?? [] {
                guard let name = node.scalar else { continue }
                if !names.contains(name) {
                    collector.add(
                        node, path, "policy \(policy.name): template \"\(name)\" is not configured",
                        hint: known(name, in: names, "templates"))
                } else if !seen.insert(name).inserted {
                    collector.add(node, path, "\"\(name)\" stands twice in templates")
                }
            }
        }
    }

    private func known(_ word: String, in names: [String], _ what: String) -> String {
        names.isEmpty ? "there are no \(what)" : suggestion(for: word, in: names.sorted())
    }
}
