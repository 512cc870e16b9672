// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// When a rule can be looked at.
public enum RuleStage: String, Sendable, CaseIterable {
    /// Before anything is ordered: names, key, product and template are known.
    case order
    /// When the certificate is there.
    case certificate
}
