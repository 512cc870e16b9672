// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The file of a clock that cannot be used; whoever began the simulation must act.
public struct SimulatedClockError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ file: String, _ reason: String) { description = "cannot use \(file) as a clock: \(reason)" }
}
