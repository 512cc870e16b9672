// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import MicrosoftGraph
import PKIX
import YAMLDocuments

/// Every key of certway.yaml: the strict reader, the reference and the schema for editors come from this table.
public enum ConfigurationKeys {
    /// In the order in which `export` writes the sections.
    public static let all: [ProfileKey] =
        tenant + intune + agents + recovery + backendCAs + directories + templates + policies + limits + console
        + notifications + handOver

    /// Mappings that need one of several groups of keys, and no key of two groups.
    public static let choices: [String: [[String]]] = [
        "tenant": [["clientSecret"], ["clientCertificate", "clientKey"]]
    ]

    /// The keys of the mapping at `path`, such as `templates[]`; of the file for an empty path.
    static func names(in path: String) -> [String] { all.names(in: path) }

    private static let tenant: [ProfileKey] = [
        ProfileKey("tenant", "mapping", "The Entra tenant, and how the gateway signs in there."),
        ProfileKey("tenant.id", "text", isRequired: true, "Directory id (GUID), or a verified domain."),
        ProfileKey("tenant.clientID", "GUID", isRequired: true, "Application id of the app registration."),
        ProfileKey("tenant.clientSecret", "secret", "Its secret; or a certificate with the two keys that follow."),
        ProfileKey("tenant.clientCertificate", "path", "PEM file of the certificate registered with the application."),
        ProfileKey("tenant.clientKey", "secret", "The certificate's private key in PEM."),
        ProfileKey(
            "tenant.cloud", "word", "National cloud; \(NationalCloud.global.rawValue) when left out.",
            words: words(NationalCloud.self)),
        ProfileKey("tenant.login", "address", "In place of the cloud's token service, for a sandbox or a proxy."),
        ProfileKey("tenant.graph", "address", "In place of the cloud's Graph."),
        ProfileKey("tenant.exchange", "address", "In place of the cloud's Exchange Online."),
        ProfileKey(
            "tenant.tlsRoots", "path",
            "PEM file with the roots that alone are trusted for these addresses, in place of the system's."),
    ]

    private static let intune: [ProfileKey] = [
        ProfileKey(
            "intune", "mapping",
            "How PFX files go to devices: the key that every Intune certificate connector of the tenant holds. Needed where a "
                + "template delivers through Intune."),
        ProfileKey(
            "intune.publicKey", "path", isRequired: true,
            "File with its public half, in any form that the connector's own export writes."),
        ProfileKey(
            "intune.providerName", "text", isRequired: true, "Key storage provider on the connector, byte for byte."),
        ProfileKey("intune.keyName", "text", isRequired: true, "The key's name inside that provider."),
        ProfileKey(
            "intune.paddingScheme", "word",
            "How the password of a file is encrypted; \(PaddingScheme.oaepSha512.rawValue) when left out.",
            words: words(PaddingScheme.self)),
        ProfileKey(
            "intune.pfxEncryption", "word",
            "How files are encrypted; \(IntuneSettings.usualEncryption.rawValue) when left out, which every kind of device opens. "
                + "The other is stronger and for new devices only.", words: words(PKCS12Bundle.Encryption.self)),
    ]

    private static let agents: [ProfileKey] = [
        ProfileKey("keyRecoveryAgents", "list of mappings", "People who can open archived keys; name two or more."),
        ProfileKey("keyRecoveryAgents[].name", "text", isRequired: true, "Name, for templates."),
        ProfileKey(
            "keyRecoveryAgents[].certificate", "path", isRequired: true,
            "PEM file of the certificate that keys are encrypted to; the private key stays with the agent."),
        ProfileKey(
            "keyRecoveryAgents[].key", "secret or text",
            "Private key that the gateway itself may use for recoveries that are approved: `keyvault:https://VAULT/keys/NAME/VERSION`, or "
                + "`file:/path` and `env:NAME` with PEM or PKCS #12. Left out, keys are opened only where the agent has it.",
            example: "keyvault:https://kv1.vault.azure.net/keys/kra-2026/78de…"),
        ProfileKey("keyRecoveryAgents[].passphrase", "secret", "Passphrase of a key in a file."),
    ]

    private static let policies: [ProfileKey] = [
        ProfileKey(
            "policies", "list of mappings",
            "Certificates that the people of one group get together, such as one for mail and one for logon."),
        ProfileKey("policies[].name", "text", isRequired: true, "Name, for commands."),
        ProfileKey("policies[].group", "GUID", isRequired: true, "Object id of the group of all its templates."),
        ProfileKey(
            "policies[].nested", "true or false", "Whether members of nested groups belong to it; false when left out."),
        ProfileKey(
            "policies[].templates", "list of text", isRequired: true,
            "Names of the templates; each is in one policy at most, and names no group itself."),
    ]

    private static let limits: [ProfileKey] = [
        ProfileKey("limits", "mapping", "Bounds on what the gateway does by itself."),
        ProfileKey(
            "limits.ordersPerRun", "whole number",
            "New orders one pass may place without a person's consent; \(standard.ordersPerRun) when left out.",
            in: 0...10_000_000),
        ProfileKey(
            "limits.replacementsPerRun", "whole number",
            "How many of them may replace a certificate because a name or address has changed; no bound of their own when left out.",
            in: 0...10_000_000),
        ProfileKey(
            "limits.budgetPerMonth", "money",
            "What the orders of a calendar month (UTC) may cost without a person's consent, by the templates' prices; no bound when left "
                + "out."),
        ProfileKey(
            "limits.endingsPerRun", "whole number",
            "Certificates that one pass or one command may end, by revocation or retirement, without a person's consent; "
                + "\(standard.endingsPerRun) when left out. What a renewal or replacement of the last 7 days has taken the place of does not count. Where half of a template's people are gone, none ends without consent.",
            in: 0...10_000_000),
        ProfileKey(
            "limits.secondPerson", "true or false",
            "Whether a plan over a limit needs the consent of another person than the one who has changed its templates or these limits "
                + "in the last 7 days; false when left out."),
        ProfileKey(
            "limits.concurrency", "whole number",
            "Orders of one backend CA worked on at the same time; \(standard.concurrency) when left out.", in: 1...1000),
        ProfileKey(
            "limits.keyGenerators", "whole number",
            "Keys made at the same time; as many as the machine has processors when left out.", in: 1...256),
        ProfileKey(
            "limits.interval", "duration",
            "Time between two passes of `serve`; \(standard.interval.text) when left out."),
        ProfileKey(
            "limits.driftEvery", "duration",
            "How often `serve` compares ledger and world by itself, as `certway drift report` does: it lists what every CA and Intune "
                + "hold, and asks for everybody in every directory; never by itself when left out."),
    ]

    private static let standard = LimitsConfiguration()

    static func words<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type) -> [String] {
        type.allCases.map(\.rawValue)
    }
}
