// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Something that happened to an incident; never changed afterwards.
public struct IncidentEvent: Sendable, Hashable {
    public let number: Int
    public let at: Date
    public let kind: String
    /// Who did it: a person, or the planner.
    public let actor: String
    public let message: String
}
