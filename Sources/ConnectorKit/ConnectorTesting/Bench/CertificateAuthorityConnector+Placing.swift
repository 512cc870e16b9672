// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit

extension CertificateAuthorityConnector {
    /// Orders for the kit, which notes every order before it is placed.
    func enroll(_ request: CertificateRequest) async throws -> EnrollmentOutcome {
        try await enroll(request, gate: SubmissionGate {})
    }
}
