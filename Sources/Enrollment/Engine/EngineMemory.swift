// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What an engine knows beside the ledger, and keeps over changes of the configuration. All of it may be lost at any time.
public final class EngineMemory: Sendable {
    let workingKeys = WorkingKeys()
    let absences: AbsenceWatch
    let effects = WorldEffects()

    public init() { absences = AbsenceWatch() }

    /// - Parameter boot: names the start of the machine; tests start it anew.
    init(boot: String) { absences = AbsenceWatch(boot: boot) }
}
