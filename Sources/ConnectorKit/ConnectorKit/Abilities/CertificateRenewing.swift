// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Orders a certificate as the successor of another one, where the CA knows such an order.
public protocol CertificateRenewing: CertificateAuthorityConnector {
    /// - Parameter predecessor: the order whose certificate is to be replaced; it stays valid.
    func renew(_ request: CertificateRequest, predecessor: CAOrder) async throws -> EnrollmentOutcome
}
