// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What follows from a broken rule.
public enum RuleSeverity: String, Sendable, CaseIterable, Comparable {
    /// Nothing is said.
    case accept
    /// It is said, and the order goes on.
    case warn
    /// Nothing is ordered.
    case stop

    public static func < (left: RuleSeverity, right: RuleSeverity) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}
