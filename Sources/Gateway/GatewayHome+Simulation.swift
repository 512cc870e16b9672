// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Settings
import SimulatedTime

extension GatewayHome {
    /// The clock that everything in this home goes by; nil for the machine's, as everywhere but in a simulation.
    ///
    /// - Throws: `SettingsError` for a file that is no clock.
    func simulatedClock() throws(SettingsError) -> SimulatedClock? {
        guard FileStamp(path: clockFile) != nil else { return nil }
        do { return try SimulatedClock(file: clockFile, moves: false) } catch {
            throw SettingsError("\(error)")
        }
    }

    /// The time in this home, before its database is open.
    ///
    /// - Throws: `SettingsError` for the file of a simulation's clock that is none.
    public func now() throws(SettingsError) -> Date { try simulatedClock()?.now() ?? Date() }
}

extension GatewayStore {
    /// Marks a database whose orders were made by a simulated clock.
    private static let simulationState = "simulation"

    /// A real gateway has the machine's time, whatever file is laid into its folder, and what was done in a simulated year never
    /// becomes part of one.
    ///
    /// - Parameter mayBegin: whether an empty database becomes one of a simulation.
    /// - Throws: `SettingsError` where clock and database are not of one kind.
    func requireOwnTime(mayBegin: Bool) async throws {
        let isSimulated = try await ledger.state(Self.simulationState) != nil
        let hasClock = FileStamp(path: home.clockFile) != nil
        guard isSimulated != hasClock else { return }
        guard hasClock else {
            throw SettingsError(
                "the database \(place) is one of a simulation, and \(home.clockFile), its clock, is missing")
        }
        guard mayBegin, try await ledger.configurationRevision() == 0, try await sealingKeyIdentifier == nil else {
            throw SettingsError(
                "\(home.clockFile) is the clock of a simulation, and the database \(place) was not made by one: remove the "
                    + "file")
        }
        try await ledger.setState(Self.simulationState, [:])
    }
}
