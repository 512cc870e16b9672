// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Lets the CA send its validation mails again.
public protocol ValidationResending: CertificateAuthorityConnector {
    func resendValidation(of order: CAOrder) async throws
}
