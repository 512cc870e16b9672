// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import HTTPTransport
import Synchronization

/// What an engine knows beside the ledger, and keeps over changes of the configuration. All of it may be lost at any time.
public final class EngineMemory: Sendable {
    let workingKeys = WorkingKeys()
    let absences: AbsenceWatch
    let effects = WorldEffects()
    private let reader = Mutex<RevocationReader?>(nil)
    private let formerLooks = Mutex<[Int64: Set<Int64>]>([:])

    public init() { absences = AbsenceWatch() }

    /// - Parameter boot: names the start of the machine; tests start it anew.
    init(boot: String) { absences = AbsenceWatch(boot: boot) }

    /// One for all contexts, so that a list that was read serves the next certificate, too.
    public func revocationReader(_ http: any HTTPClient) -> RevocationReader {
        reader.withLock { reader in
            let made = reader ?? RevocationReader(http)
            reader = made
            return made
        }
    }

    /// Whether a former order was looked at, before another one leaves.
    func knows(_ former: Int64, lookedAtFor order: Int64) -> Bool {
        formerLooks.withLock { $0[order]?.contains(former) ?? false }
    }

    func note(_ former: Int64, lookedAtFor order: Int64) {
        formerLooks.withLock { looks in
            // A look more is no harm.
            if looks.count > 10_000 { looks = [:] }
            looks[order, default: []].insert(former)
        }
    }
}
