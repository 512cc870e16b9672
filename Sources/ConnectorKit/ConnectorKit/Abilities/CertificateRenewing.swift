// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Orders a certificate as the successor of another one, where the CA knows such an order.
public protocol CertificateRenewing: CertificateAuthorityConnector {
    /// - Parameters:
    ///   - predecessor: the order whose certificate is to be replaced; it stays valid.
    ///   - gate: as for `enroll`.
    func renew(_ request: CertificateRequest, predecessor: CAOrder, gate: SubmissionGate) async throws
        -> EnrollmentOutcome
}
