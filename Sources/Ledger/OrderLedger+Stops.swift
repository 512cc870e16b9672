// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// What forbids new orders at a backend CA, for all nodes and over restarts.
extension OrderLedger {
    public enum StopReason: String, Sendable, CaseIterable {
        /// A certificate came back that leads to no accepted root.
        case acceptedRoots
    }

    public func stop(_ reason: StopReason, of backendCA: String, _ content: JSONValue) async throws {
        try await setState(Self.name(reason, backendCA), content)
    }

    /// What was stored with the stop; nil when there is none.
    public func stopped(_ reason: StopReason, of backendCA: String) async throws -> JSONValue? {
        try await state(Self.name(reason, backendCA))
    }

    /// Ends the stop; costs one look-up where there is none.
    public func lift(_ reason: StopReason, of backendCA: String) async throws {
        guard try await stopped(reason, of: backendCA) != nil else { return }
        try await setState(Self.name(reason, backendCA), nil)
    }

    /// What was last shown to hold of the backend CA in this regard; nil for nothing yet.
    public func proven(_ reason: StopReason, of backendCA: String) async throws -> JSONValue? {
        try await state(Self.proofName(reason, backendCA))
    }

    /// Ends the stop, and remembers with what; costs two look-ups where that is known.
    public func prove(_ reason: StopReason, of backendCA: String, _ content: JSONValue) async throws {
        try await lift(reason, of: backendCA)
        guard try await proven(reason, of: backendCA) != content else { return }
        try await setState(Self.proofName(reason, backendCA), content)
    }

    private static func proofName(_ reason: StopReason, _ backendCA: String) -> String {
        "submission.proof.\(reason.rawValue).\(backendCA)"
    }

    private static func name(_ reason: StopReason, _ backendCA: String) -> String {
        "submission.stop.\(reason.rawValue).\(backendCA)"
    }
}
