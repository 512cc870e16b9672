// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
import Planning
public import Records
import Settings

/// The one way into a use case that changes something: asks for the right, once, and puts a refusal on record.
public struct Entrance: Sendable {
    let caller: Caller
    let trail: AuditTrail

    public init(_ caller: Caller, _ trail: AuditTrail) { (self.caller, self.trail) = (caller, trail) }

    /// What is wanted, as a refusal of it stands in the audit trail.
    public struct Wish: Sendable {
        var action: AuditAction
        var object: AuditObject
        var person: String?
        var cause: String

        public init(_ action: AuditAction, _ object: AuditObject, person: String? = nil, because cause: String = "") {
            (self.action, self.object, self.person, self.cause) = (action, object, person, cause)
        }
    }

    /// Which refusals of the use case itself are put on record here.
    public enum Refusals: Sendable {
        /// None: the ledger does it where it refuses, or it is a dry run.
        case byTheUseCase
        /// Those that say why it cannot be done; faults of services and of the database are none.
        case all
    }

    /// - Throws: `AccessDenied`, and what `body` throws.
    public func pass<Result>(
        _ permission: Permission, to wish: Wish, _ refusals: Refusals = .byTheUseCase,
        _ body: () async throws -> Result
    ) async throws -> Result {
        try await caller.asOrigin {
            do {
                try caller.require(permission)
                return try await body()
            } catch {
                let isRefusal =
                    error is SettingsError || error is LedgerError || error is EnrollmentError || error is Obstacle
                if error is AccessDenied || (refusals == .all && isRefusal) {
                    try await note(wish, "\(error)")
                }
                throw error
            }
        }
    }

    /// Asks for the right to look at something, or to do what leaves no record by itself.
    ///
    /// - Parameter purpose: what it was to be for, such as the name of an operation.
    public func require(_ permission: Permission, for purpose: String = "") async throws {
        let object = AuditObject(.permission, permission.rawValue)
        try await pass(permission, to: Wish(.denyAccess, object, because: purpose)) {}
    }

    /// Puts on record that it was refused.
    func note(_ wish: Wish, _ error: String) async throws {
        try await trail.record(
            AuditEntry(
                wish.action, wish.object, by: AuditActor(named: caller.name), person: wish.person, outcome: .refused,
                reason: wish.cause.isEmpty ? error : "\(wish.cause); refused: \(error)"))
    }
}
