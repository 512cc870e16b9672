// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

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
    public let templates: [MappingReader]

    /// Notes what does not fit together: parts may come from different files, so that no file shows it by itself.
    public func noteInconsistencies() {
        let agents = configuration.keyRecoveryAgents.map(\.name)
        let backendCAs = configuration.backendCAs.map(\.name)
        for (template, reader) in zip(configuration.templates, templates) {
            let subject = "template \(template.name): "
            if !template.backendCA.isEmpty, !backendCAs.contains(template.backendCA) {
                reader.add(
                    "backendCA", subject + "backendCA \"\(template.backendCA)\" is not configured",
                    hint: known(template.backendCA, in: backendCAs, "backend CAs"))
            }
            for (index, agent) in template.keyRecoveryAgents.enumerated() where !agents.contains(agent) {
                let node = reader.node("keyRecoveryAgents")?.elements?[index] ?? reader.node
                collector.add(
                    node, "\(reader.path(of: "keyRecoveryAgents"))[\(index)]",
                    subject + "key recovery agent \"\(agent)\" is not configured",
                    hint: known(agent, in: agents, "agents"))
            }
            if template.delivery == .intune, configuration.intune == nil {
                reader.add(
                    "delivery", subject + "delivers through Intune, but section intune is missing",
                    hint: "add it, or set delivery: none")
            }
        }
    }

    private func known(_ word: String, in names: [String], _ what: String) -> String {
        names.isEmpty ? "there are no \(what)" : suggestion(for: word, in: names.sorted())
    }
}
