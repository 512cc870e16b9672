// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Synchronization
import YAMLDocuments

/// Tells how often it was made and what of; calls nobody. A profile whose `counting` section says `bad` has a problem.
final class CountingConnector: CertificateAuthorityConnector {
    static let kind: ConnectorKind = "counting"
    private static let diagnosed = Mutex<[String: Int]>([:])

    let settings: ConnectorSettings
    let services: ConnectorServices

    /// How often the profile in that file was diagnosed.
    static func diagnoses(of file: String) -> Int { diagnosed.withLock { $0[file] ?? 0 } }

    static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] {
        diagnosed.withLock { $0[profile.file, default: 0] += 1 }
        guard let node = profile.sections["counting"], node.scalar == "bad" else { return [] }
        return [node.diagnostic("it is bad", keyPath: "counting")]
    }

    init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        if let secret = settings.secrets["key"], secret.revealed == "refused" {
            throw ConnectorError(.configuration, "the key is of no use")
        }
        (self.settings, self.services) = (settings, services)
    }

    func check() async throws -> AccountReport { AccountReport(account: "counting") }

    func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        throw ConnectorError(.configuration, "nothing is ordered here")
    }
}
