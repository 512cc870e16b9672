// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory

/// How far a planner has read: the directory's changes, and the ledger's changes of standing.
struct PlannerPosition: Sendable {
    var member: MemberPosition
    var standing: Int64
}
