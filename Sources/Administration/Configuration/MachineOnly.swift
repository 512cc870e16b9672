// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import Gateway
import Settings

/// What only who has the gateway's machine may configure. An administrator of the console configures everything else, and must not come
/// to private keys by it: neither by a rule that lets them open archived ones, nor by a program that would run as the gateway, nor by a
/// secret that would leave for a server of theirs.
struct MachineOnly {
    /// Kind of the connector module that runs programs.
    private static let programs = "external"

    let home: GatewayHome
    let profiles: Profiles

    /// Why a change cannot come from afar, one sentence each; empty where it can.
    func obstacles(from former: GatewayConfiguration, to new: GatewayConfiguration) -> [String] {
        var decided: [(place: String, what: String, isChanged: Bool)] = []
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
        // A file with a key and its password go by mail: one person must not choose where both arrive.
        if let byMail = new.handOver?.byMail {
            let mails = "where keys and their passwords are sent"
            decided += [
                ("handOver.byMail", mails, former.handOver?.byMail != byMail),
                ("notifications.from", mails, former.notifications?.from != new.notifications?.from),
                ("notifications.smtp", mails, former.notifications?.server != new.notifications?.server),
            ]
        }
        var sentences = decided.filter(\.isChanged).map {
            "\($0.place) decides \($0.what): change it on the gateway's machine, by 'certway apply -f FILE'"
        }
        for backendCA in new.backendCAs where !former.backendCAs.contains(backendCA) {
            sentences += obstacles(
                to: backendCA, beside: former.backendCAs, secrets: former.secretsOfItsOwn + new.secretsOfItsOwn)
        }
        // What is signed with a password tells whoever gets it whether a guess is right.
        let guarded = Set(
            [Self.resolved(home.sealingKey)]
                + (former.secretsBesideWebhooks + new.secretsBesideWebhooks).map(Self.identity))
        let known = former.notifications?.webhooks ?? []
        for webhook in new.notifications?.webhooks ?? []
        where !known.contains(webhook) && guarded.contains(Self.identity(webhook.secret)) {
            sentences.append(
                "notifications.webhooks.\(webhook.name).secret: names a key of this gateway, which signs nothing for others"
            )
        }
        return sentences
    }

    /// The same for one backend CA.
    ///
    /// - Parameters:
    ///   - known: whose secrets leave for no other address than theirs.
    ///   - secrets: those of the gateway itself, which leave for no CA.
    func obstacles(
        to backendCA: BackendCAConfiguration, beside known: [BackendCAConfiguration], secrets: [SecretReference]
    ) -> [String] {
        let place = "backendCAs.\(backendCA.name)"
        var sentences: [String] = []
        if profiles.catalogue.outline(named: backendCA.connector)?.module.rawValue == Self.programs {
            sentences.append(
                "\(place).connector: \(backendCA.connector) runs a program on the gateway's machine: configure it there, by "
                    + "'certway apply -f FILE'")
        }
        let own = Set([Self.resolved(home.sealingKey)] + secrets.map(Self.identity))
        func opened(_ others: [BackendCAConfiguration]) -> Set<String> {
            Set(
                others.flatMap(\.settings.values).compactMap(\.string).compactMap(SecretReference.init).map(
                    Self.identity))
        }
        let elsewhere = opened(known).subtracting(opened(known.filter { Self.isAtOneAddress($0, backendCA) }))
        for (setting, value) in backendCA.settings {
            guard let text = value.string else { continue }
            let reference = SecretReference(text)
            let identity = reference.map(Self.identity) ?? Self.resolved(text)
            if own.contains(identity) || reference != nil && isKeptByUs(identity) {
                sentences.append("\(place).settings.\(setting): names a key of this gateway, which goes to no CA")
            } else if elsewhere.contains(identity) {
                sentences.append(
                    "\(place).settings.\(setting): names what opens a backend CA at another address: change it on the gateway's machine, by "
                        + "'certway apply -f FILE'")
            }
        }
        return sentences
    }

    /// The database and what lies beside it; a CA of our own may have its folder there.
    private func isKeptByUs(_ path: String) -> Bool {
        URL(filePath: path).deletingLastPathComponent().path == Self.resolved(home.path)
    }

    /// Whether what opens one of them is for the other: neither profile nor settings lead to another host.
    private static func isAtOneAddress(_ one: BackendCAConfiguration, _ other: BackendCAConfiguration) -> Bool {
        func addresses(_ backendCA: BackendCAConfiguration) -> [String: String] {
            backendCA.settings.compactMapValues(\.string).filter { $0.value.contains("://") }
        }
        return one.connector == other.connector && one.endpoint == other.endpoint && addresses(one) == addresses(other)
    }

    /// One text for each file, by whatever name it is reached, and for each variable.
    private static func identity(_ reference: SecretReference) -> String {
        switch reference.place {
        case .file(let path): resolved(path)
        case .environment: "\(reference)"
        }
    }

    private static func resolved(_ path: String) -> String {
        URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
}
