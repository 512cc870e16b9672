// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import YAMLDocuments

/// A connector that takes orders and can do nothing else.
final class BareConnector: CertificateAuthorityConnector {
    static let kind: ConnectorKind = "bare"
    static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] { [] }

    init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {}

    func check() async throws -> AccountReport { AccountReport(account: "bare") }

    func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        .rejected(OrderRejection(reason: "nothing is ever issued"))
    }
}
