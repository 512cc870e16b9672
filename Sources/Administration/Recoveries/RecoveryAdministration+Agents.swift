// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Gateway
import PKIX
import Settings

extension RecoveryAdministration {
    /// The key recovery agents of the configuration, in its order.
    ///
    /// - Throws: `AccessDenied`. A certificate that cannot be read is the agent's problem and no error.
    public func agents() async throws -> [RecoveryAgent] {
        try await entrance.require(.readRecoveries)
        return gateway.configuration.keyRecoveryAgents.map { configured in
            var (certificate, problem): (Certificate?, String?)
            do { certificate = try configured.read().certificate } catch { problem = "\(error)" }
            return RecoveryAgent(
                name: configured.name, subject: certificate?.subject.description, notAfter: certificate?.notAfter,
                fingerprint: certificate?.sha256Fingerprint, isUsable: configured.key != nil,
                templates: gateway.configuration.templates.filter { $0.keyRecoveryAgents.contains(configured.name) }
                    .map(\.name),
                problem: problem)
        }
    }
}
