// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension GatewayConfiguration {
    /// What does not fit together, one sentence each: parts may come from different files, so the reader of one file
    /// cannot see it.
    public func inconsistencies() -> [String] {
        let agents = Set(keyRecoveryAgents.map(\.name))
        return templates.flatMap { template -> [String] in
            var problems: [String] = []
            if backendCA(template.backendCA) == nil {
                problems.append(
                    "template \(template.name): backendCA \"\(template.backendCA)\" is not configured; "
                        + known("backend CAs", backendCAs.map(\.name)))
            }
            for agent in template.keyRecoveryAgents where !agents.contains(agent) {
                problems.append(
                    "template \(template.name): key recovery agent \"\(agent)\" is not configured; "
                        + known("agents", keyRecoveryAgents.map(\.name)))
            }
            if template.delivery == .intune, intune == nil {
                problems.append(
                    "template \(template.name): delivers through Intune, but section intune is missing; "
                        + "add it, or set delivery: none")
            }
            return problems
        }
    }

    private func known(_ what: String, _ names: [String]) -> String {
        names.isEmpty ? "there are no \(what)" : "known: \(names.sorted().joined(separator: ", "))"
    }
}
