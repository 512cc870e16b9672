// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Everything an administrator has configured, checked as a whole.
public struct GatewayConfiguration: Sendable {
    public var tenant: TenantConfiguration?
    public var intune: IntuneConfiguration?
    public var keyRecoveryAgents: [KeyRecoveryAgentConfiguration] = []
    public var recovery = RecoveryConfiguration()
    public var backendCAs: [BackendCAConfiguration] = []
    /// Where others find certificates.
    public var directories: [CertificateDirectoryConfiguration] = []
    /// Those of people.
    public var templates: [TemplateConfiguration] = []
    /// Those by which servers' certificates are requested.
    public var requestTemplates: [TemplateConfiguration] = []
    public var policies: [PolicyConfiguration] = []
    public var limits = LimitsConfiguration()
    /// nil: neither console nor API is served.
    public var console: ConsoleConfiguration?
    /// nil: nobody is told anything.
    public var notifications: NotificationConfiguration?
    /// nil: nothing is handed over.
    public var handOver: HandOverConfiguration?
    /// What the files held that count as they were applied.
    public var appliedFiles = AppliedFiles()

    public func backendCA(_ name: String) -> BackendCAConfiguration? { backendCAs.first { $0.name == name } }
    public func policy(_ name: String) -> PolicyConfiguration? { policies.first { $0.name == name } }

    /// Takes up that a template has gone to another CA by a command.
    mutating func take(_ change: CASwitch) {
        guard let place = templates.firstIndex(where: { $0.name == change.template }) else { return }
        templates[place].caSwitch = change
        // What becomes of the certificates there are is decided anew.
        templates[place].fingerprint += change.json.text
    }

    /// Lets the new orders of a template go to its second CA.
    mutating func failOver(_ template: String, from backendCA: String) {
        guard let place = templates.firstIndex(where: { $0.name == template }) else { return }
        templates[place].failOver(from: backendCA)
    }

    public func template(_ name: String) -> TemplateConfiguration? { allTemplates.first { $0.name == name } }
    public var allTemplates: [TemplateConfiguration] { templates + requestTemplates }
}
