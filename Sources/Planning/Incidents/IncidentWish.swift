// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// That an incident wants certificates of one person replaced: a reason of the comparison of wanted and actual, as the end of a validity
/// is one.
struct IncidentWish {
    let incident: Incident
    /// By id, those of the person and template.
    var certificates: Set<Int64>
    /// When the person's turn came; nil as long as it has not.
    var releasedAt: Date?

    /// Whether it is known what to order.
    var isOrderable = true

    /// Whether a successor may be ordered.
    var mayOrder: Bool { isOrderable && incident.state == .running && releasedAt != nil }
    /// Whether what has a successor may be revoked: what has begun is finished, unless somebody has stopped it.
    var mayRevoke: Bool { incident.state != .paused && releasedAt != nil }
}
