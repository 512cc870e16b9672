// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Foundation
public import JSONDocuments
public import Store

/// Why many certificates are to be replaced by a deadline, and how: a row, as it was when read. What becomes of each certificate is an
/// `IncidentItem`.
public struct Incident: Sendable, Hashable, Identifiable {
    public enum State: String, Sendable, Hashable, CaseIterable, SQLRepresentable {
        case running
        /// Nothing new begins, and nothing is revoked, until a person lets it go on.
        case paused
        /// Nothing new begins; what has begun is finished.
        case cancelled
        /// Everything that was selected is replaced and revoked, or over.
        case done
    }

    public internal(set) var id: Int64 = 0
    /// At most 100 characters.
    public var name: String
    public internal(set) var state = State.running
    /// Why it is paused, in one sentence.
    public internal(set) var pause: String?
    /// Of the revocations.
    public var reason: RevocationReason
    /// Why, for the record; CAs may be told.
    public var cause: String
    /// Who started it.
    public var actor: String
    public var startedAt: Date
    public var deadline: Date
    /// Where the replacements are ordered; nil for what each template names.
    public var backendCA: String?
    /// What is ordered there; nil for what each template names.
    public var product: String?
    /// So many people are first, and looked at before the others.
    public var canary = 0
    /// Whether the others follow without a person's word once the canary is delivered.
    public var isCanaryAutomatic = false
    public internal(set) var canaryPassedAt: Date?
    /// The next so many people begin when these are through; nil for everybody at once.
    public var wave: Int?
    /// People who begin in an hour, at most; nil for no bound of its own.
    public var pace: Int?
    /// Certificates that the person who started it has agreed to.
    public var accepted: Int
    /// Whether what has no successor at the deadline is revoked all the same.
    public var revokesAtDeadline = false
    /// What was selected, as it was typed.
    public var selection: JSONValue = [:]
    /// Since when it runs as it does now: from here pace and forecast are counted.
    public internal(set) var measuredFrom: Date
    public internal(set) var endedAt: Date?
    public internal(set) var eventCount = 0

    public init(
        name: String, reason: RevocationReason, cause: String, actor: String, startedAt: Date, deadline: Date,
        accepted: Int
    ) {
        self.name = name
        self.reason = reason
        self.cause = cause
        self.actor = actor
        self.startedAt = startedAt
        self.deadline = deadline
        self.accepted = accepted
        measuredFrom = startedAt
    }

    /// Whether something remains to be done by itself or by a person.
    public var isOpen: Bool { endedAt == nil }
    /// Whether only the canary may begin.
    public var isCanaryFirst: Bool { canary > 0 && canaryPassedAt == nil }
    /// Whether it orders by something else than the templates say.
    public var hasTarget: Bool { backendCA != nil || product != nil }
    /// For timelines, and for what the CA is told.
    public var sentence: String { "incident \(name): \(cause)" }

    /// How long before the deadline it is said by name who has no successor yet: a tenth of the time there was, one hour at least and
    /// half a day at most.
    public var margin: TimeInterval { min(max(deadline.timeIntervalSince(startedAt) / 10, 3600), 43_200) }
}
