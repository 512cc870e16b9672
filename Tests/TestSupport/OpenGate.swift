// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit

// Tests of what a CA answers have no ledger that would have to know before; those of the gate itself make one.

extension SubmissionGate {
    /// Lets every request through.
    public static let unguarded = SubmissionGate {}
}

extension CertificateAuthorityConnector {
    public func enroll(_ request: CertificateRequest) async throws -> EnrollmentOutcome {
        try await enroll(request, gate: .unguarded)
    }
}

extension CertificateRenewing {
    public func renew(_ request: CertificateRequest, predecessor: CAOrder) async throws -> EnrollmentOutcome {
        try await renew(request, predecessor: predecessor, gate: .unguarded)
    }
}
