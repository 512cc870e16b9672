// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Gateway
import JSONDocuments
import Settings

/// What only who has the gateway's machine may configure. An administrator of the console configures everything else, and must not come
/// to private keys by it: neither by a rule that lets them open archived ones, nor by a program that would run as the gateway, nor by a
/// secret that would leave for a server of theirs.
struct MachineOnly {
    /// Kind of the connector module that runs programs.
    private static let programs = "external"

    let home: GatewayHome
    let profiles: Profiles

    /// Why a change cannot come from afar, one sentence each; empty where it can. Opens none of the files that it names.
    func obstacles(_ draft: ConfigurationDraft) -> [String] {
        let (former, new) = (draft.former, draft.reading.configuration)
        var decided: [(place: String, what: String, isChanged: Bool)] = [
            (
                "console.secretFolders", "where secrets are taken from",
                former.console?.secretFolders ?? [] != new.console?.secretFolders ?? []
            )
        ]
        // As long as there is no agent, no key is archived: whoever sets a gateway up decides on these, too.
        if !former.keyRecoveryAgents.isEmpty {
            let agents = (former.console?.roles[.keyRecoveryAgent], new.console?.roles[.keyRecoveryAgent])
            let keys = "who can open archived keys"
            decided += [
                ("keyRecoveryAgents", keys, former.keyRecoveryAgents != new.keyRecoveryAgents),
                ("recovery", keys, former.recovery != new.recovery),
                ("console.roles.keyRecoveryAgent", keys, agents.0 != agents.1),
            ]
            // Who says who signs in says who is an agent.
            if let tenant = former.tenant {
                let signIn = "who signs in, and so who can open archived keys"
                decided += [
                    ("tenant", signIn, tenant != new.tenant),
                    ("console.signIn", signIn, former.console?.signIn != new.console?.signIn),
                ]
            }
        }
        // One person must not take away that there are two.
        if former.limits.secondPerson {
            let consent = "what needs a second person's consent"
            decided.append(("limits", consent, former.limits != new.limits))
            // Also those of one that goes: without them it could come back.
            decided += Set((former.templates + new.templates).map(\.name)).sorted().map { name in
                let limits = [former, new].map { $0.template(name)?.limits ?? TemplateLimits() }
                return ("templates.\(name).limits", consent, limits[0] != limits[1])
            }
        }
        // A file with a key and its password go by mail: one person must not choose where both arrive, and whoever could take this away
        // could choose after that.
        let byMail = (former.handOver?.byMail, new.handOver?.byMail)
        if byMail.0 != nil || byMail.1 != nil {
            let mails = "where keys and their passwords are sent"
            decided += [
                ("handOver.byMail", mails, byMail.0 != byMail.1),
                ("notifications.from", mails, former.notifications?.from != new.notifications?.from),
                ("notifications.smtp", mails, former.notifications?.server != new.notifications?.server),
            ]
        }
        let programs = new.backendCAs.filter { backendCA in
            !former.backendCAs.contains(backendCA)
                && profiles.catalogue.outline(named: backendCA.connector)?.module.rawValue == Self.programs
        }
        return decided.filter(\.isChanged).map { "\($0.place) decides \($0.what): \(Self.remedy)" }
            + programs.map {
                "backendCAs.\($0.name).connector: \($0.connector) runs a program on the gateway's machine: configure it there, by "
                    + "'certway apply -f FILE'"
            } + sources(draft).obstacles
    }

    /// - Throws: `Diagnostics` for what does not read; `SettingsError` with the obstacles. Before the first file is opened.
    func check(_ draft: ConfigurationDraft) throws {
        let obstacles = obstacles(draft)
        guard !obstacles.isEmpty else { return }
        try draft.reading.collector.check()
        throw SettingsError(obstacles.joined(separator: "\n"), at: .state)
    }

    /// Why a reference cannot be followed that somebody gives from afar beside the configuration; nil where it can.
    func obstacle(to source: NamedSource, beside draft: ConfigurationDraft) -> String? {
        sources(draft).obstacle(to: source)
    }

    /// The secrets that a change takes out of the configuration, and those that were taken out before: whatever is at their former
    /// address may use them still. A file that the machine names is what the machine says of it.
    ///
    /// - Returns: nil where that is what is remembered already.
    func formerSecrets(after draft: ConfigurationDraft, isOnMachine: Bool) -> [NamedSource]? {
        let sources = sources(draft)
        let left = sources.former.filter { former in
            former.isSecret
                && !sources.new.contains { $0.reference == former.reference && $0.destination == former.destination }
        }.map { NamedSource(place: "", reference: $0.reference, isSecret: true, destination: $0.destination) }
        let named = isOnMachine ? Set(sources.new.map(\.reference)) : []
        let all = (draft.formerSecrets + left.filter { !draft.formerSecrets.contains($0) })
            .filter { !named.contains($0.reference) }
        return all == draft.formerSecrets ? nil : all
    }

    private func sources(_ draft: ConfigurationDraft) -> SourcesFromAfar {
        func named(_ document: JSONValue) -> [NamedSource] {
            NamedSource.all(in: document) { connector, setting in
                profiles.catalogue.outline(named: connector)?.settings
                    .contains { $0.key == setting && $0.type == .file } ?? false
            }
        }
        return SourcesFromAfar(
            home: home, folders: draft.former.console?.secretFolders ?? [], former: named(draft.documents.former),
            new: named(draft.documents.new), remembered: draft.formerSecrets)
    }

    static let remedy = "change it on the gateway's machine, by 'certway apply -f FILE'"
}
