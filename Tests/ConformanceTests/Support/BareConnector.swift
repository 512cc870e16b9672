// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import YAMLDocuments

/// A connector that takes orders at `PretendCA` and can do nothing else.
final class BareConnector: CertificateAuthorityConnector {
    static let kind: ConnectorKind = "bare"
    static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] { [] }

    private let inner: PretendConnector

    init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        inner = try PretendConnector(profile: profile, settings: settings, services: services)
    }

    func check() async throws -> AccountReport { try await inner.check() }

    func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        try await inner.enroll(request, gate: gate)
    }
}
