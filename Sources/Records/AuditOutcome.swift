// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What came of it.
public enum AuditOutcome: String, Sendable, CaseIterable {
    case done
    /// Not allowed, or not possible as things stand; nothing was changed.
    case refused
    /// Tried, and broken off by an error.
    case failed
}
