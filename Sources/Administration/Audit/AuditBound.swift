// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Where a part of the audit trail begins or ends.
public enum AuditBound: Sendable, Hashable {
    /// With this record.
    case number(Int64)
    /// Not before it, and for an end before it.
    case time(Date)
}
