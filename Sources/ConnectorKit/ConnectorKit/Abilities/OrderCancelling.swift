// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Withdraws an order that is not issued yet.
public protocol OrderCancelling: CertificateAuthorityConnector {
    /// - Parameter note: why, in one sentence the CA may show.
    /// - Throws: `refused` when the CA no longer allows it, for instance because the certificate is issued.
    func cancel(_ order: CAOrder, note: String) async throws
}
