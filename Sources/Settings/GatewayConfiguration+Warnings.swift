// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension GatewayConfiguration {
    /// What works and is probably not meant, one sentence each; for whoever has just changed or examines the configuration.
    public func warnings() -> [String] {
        templates.filter(\.enabled).flatMap(\.warnings) + agentWarnings + budgetWarnings + linkWarnings + mailWarnings
    }

    /// What leads to the console from a mail.
    public var linkWarnings: [String] {
        guard handOver != nil, console?.publicURL == nil else { return [] }
        return [
            "handOver without console.publicURL: the link that people get by mail has no host; say by which address the console is reached"
        ]
    }

    /// What it means that keys leave by mail.
    public var mailWarnings: [String] {
        guard let byMail = handOver?.byMail else { return [] }
        var warnings = [
            "handOver.byMail: files with keys lie in the mailboxes of their owners and in what is kept of those, and whoever reads "
                + "\(byMail.passwordTo) as well has the keys; mail servers may take .p12 files out of mails"
        ]
        if handOver?.keepKeyFor == .zero {
            warnings.append(
                "handOver.byMail without handOver.keepKeyFor: the copy of a key is erased once it is delivered, so that hardly anything can be "
                    + "mailed")
        }
        return warnings
    }

    /// What the budget does not bound.
    private var budgetWarnings: [String] {
        guard limits.budgetPerMonth != nil else { return [] }
        return templates.filter { $0.enabled && $0.price == nil }.map {
            "template \($0.name) has no price: its orders count nothing against limits.budgetPerMonth; price: 0 EUR says that they are "
                + "free"
        }
    }

    /// About those who can open archived keys.
    public var agentWarnings: [String] {
        guard keyRecoveryAgents.count == 1, let agent = keyRecoveryAgents.first else { return [] }
        return [
            "key recovery agent \(agent.name) is the only one: with its key every archived key is lost; name two or more, also in "
                + "the templates"
        ]
    }
}

extension TemplateConfiguration {
    /// What works and is probably not meant, one sentence each.
    public var warnings: [String] {
        guard addressDomains.isEmpty, names["emails"] != nil else { return [] }
        return [
            "template \(name): without addressDomains every address that the directory holds is certified, those of foreign "
                + "domains too; list the mail domains that are yours"
        ]
    }
}
