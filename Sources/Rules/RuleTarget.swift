// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Where a certificate is to be taken, beyond what every public CA must keep to. Rules of a target count for templates that name it.
public enum RuleTarget: String, Sendable, Hashable, CaseIterable {
    /// Sign-in to Entra ID by certificate.
    case entra
    /// Logon to a domain of Active Directory.
    case activeDirectory
    /// Smart-card logon to Windows.
    case windows
    case outlookMobile
    case gmail
    case apple
}
