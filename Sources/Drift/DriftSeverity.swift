// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How much it matters.
public enum DriftSeverity: String, Sendable, CaseIterable, Comparable {
    /// A key is, or may be, in wrong hands, or what is said to be void is good.
    case danger
    /// Somebody cannot work as they should.
    case fault
    /// Nobody is hurt by it yet.
    case note

    public static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
