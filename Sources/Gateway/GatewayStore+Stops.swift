// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Fulfilment
import JSONDocuments
public import Planning
import Settings
import YAMLDocuments

extension GatewayStore {
    /// What new orders wait for beyond the next pass, as far as the folder shows it; asks neither the tenant nor a CA.
    ///
    /// - Throws: `StoreError`.
    public func placementStops() async throws -> PlacementStops {
        let configuration: GatewayConfiguration
        do { configuration = try await self.configuration() } catch let error as Diagnostics {
            return PlacementStops(everything: "nothing is ordered by a configuration that cannot be read: \(error)")
        }
        var everything: String?
        do { _ = try home.sealingKey(try await sealingKeyIdentifier) } catch let error as SettingsError {
            everything = "nothing new is ordered: \(error.message)"
        }
        if everything == nil, try await RestoreDoubt.current(ledger) == nil {
            everything = try await restoreCheck.known()
        }
        if everything == nil {
            let resting = try await RestingWork.sentences(in: ledger)
            everything = resting[.plan] ?? resting[.directory]
        }
        return try await PlacementStops.read(configuration, planner, everything: everything, at: ledger.clock.now())
    }

    /// Whether the database seems to be an older copy, and a person's word that it is not.
    var restoreCheck: RestoreCheck {
        RestoreCheck(ledger: ledger, mark: submissionMark, planner: planner)
    }

    /// How many requests have left from this folder, kept in it.
    var submissionMark: SubmissionMark { SubmissionMark(path: home.submissionMark, mayBeMissing: isNewNode) }
}
