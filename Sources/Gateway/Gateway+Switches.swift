// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Settings
import YAMLDocuments

extension Gateway {
    /// Begins the switches of templates to another CA whose day has come. Whoever plans calls it before; one look-up when there is none.
    ///
    /// - Returns: whether one has begun.
    func beginDueSwitches() async throws -> Bool {
        let begun = try await ConfigurationStore(ledger: ledger).beginDueSwitches(at: ledger.clock.now())
        for change in begun {
            logger.log(
                .notice,
                "template \(change.template) goes from \(change.formerCA) to \(change.nextCA) from now on, as \(change.actor) has asked for on "
                    + CalendarDay.text(change.askedAt), fields: [])
        }
        return !begun.isEmpty
    }

    /// Switches that are to come, one sentence each.
    public func comingSwitches() async throws -> [String] {
        try await ConfigurationStore(ledger: ledger).switches().filter { $0.begunAt == nil }.map { change in
            if let cause = change.keptBecause {
                return
                    "template \(change.template) was to go from \(change.formerCA) to \(change.nextCA) on "
                    + "\(change.from.map(CalendarDay.text) ?? "its day"), and does not: \(cause); ask for it again with 'certway template "
                    + "switch-ca \(change.template) --to \(change.nextCA) --from DATE', or take it back with --back"
            }
            return "template \(change.template) goes from \(change.formerCA) to \(change.nextCA) on "
                + "\(change.from.map(CalendarDay.text) ?? "its day"): 'certway template switch-ca \(change.template)' shows it, --back takes it back"
        }
    }
}
