// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Asks the CA again about an order that was pending.
public protocol OrderPolling: CertificateAuthorityConnector {
    /// - Parameters:
    ///   - order: as an earlier outcome of the same backend CA gave it.
    ///   - request: the original request, for connectors whose answers need it.
    /// - Returns: the order's outcome now; `issued` includes the certificate chain.
    func poll(_ order: CAOrder, request: CertificateRequest) async throws -> EnrollmentOutcome
}
