// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
import PKIX
import Synchronization
public import YAMLDocuments

/// Tells how often it was made and what of; calls nobody. A profile whose `counting` section says `bad` has a problem.
public final class CountingConnector: CertificateAuthorityConnector {
    public static let kind: ConnectorKind = "counting"
    private static let diagnosed = Mutex<[String: Int]>([:])

    public let settings: ConnectorSettings
    public let services: ConnectorServices

    /// How often the profile in that file was diagnosed.
    public static func diagnoses(of file: String) -> Int { diagnosed.withLock { $0[file] ?? 0 } }

    public static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] {
        diagnosed.withLock { $0[profile.file, default: 0] += 1 }
        guard let node = profile.sections["counting"], node.scalar == "bad" else { return [] }
        return [node.diagnostic("it is bad", keyPath: "counting")]
    }

    public init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        if let secret = settings.secrets["key"], secret.revealed == "refused" {
            throw ConnectorError(.configuration, "the key is of no use")
        }
        (self.settings, self.services) = (settings, services)
    }

    /// The certificates in setting `issuers`, a PEM text.
    private var issuers: [Certificate] {
        get throws { try Certificate.all(pem: settings.values["issuers"]?.string ?? "") }
    }

    public func check() async throws -> AccountReport { AccountReport(account: "counting", issuers: try issuers) }

    public func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        throw ConnectorError(.configuration, "nothing is ordered here")
    }

    /// A profile that it runs.
    ///
    /// - Parameter more: further lines.
    public static func profile(_ name: String, _ more: String = "") -> String {
        """
        connector: \(name)
        title: \(name)
        module: counting
        environments: {production: "https://\(name).example/api", trial: "https://trial.\(name).example/api"}
        settings:
          key: {type: secret, title: Key}
          account: {type: text, title: Account, required: false, identifiesAccount: true}
          user: {type: text, title: User, required: false, signsIn: true}
          note: {type: text, title: Note, required: false}
          issuers: {type: text, title: Issuers, required: false}
        limits: [{requests: 5, per: 1h}]
        \(more)
        """
    }
}
