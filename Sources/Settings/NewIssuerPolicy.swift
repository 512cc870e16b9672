// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What follows when a certificate comes back by a CA certificate that nobody has confirmed.
public enum NewIssuerPolicy: String, Sendable, CaseIterable {
    /// It is said, and the certificate delivered.
    case report
    /// The certificate waits for the confirmation.
    case hold
}
