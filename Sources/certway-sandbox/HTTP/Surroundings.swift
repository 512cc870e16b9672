// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What all services of one sandbox share.
struct Surroundings: Sendable {
    let clock: SandboxClock
    let log: RequestLog
    let plan: FaultPlan
    /// nil: nothing goes wrong by itself.
    let hostility: Hostility?
}
