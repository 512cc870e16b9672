// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Ledger
public import Planning
import Settings

extension IncidentAdministration {
    /// What may change while an incident is open; nil for what stays.
    public struct Change: Sendable {
        public var deadline: Date?
        public var backendCA: String?
        public var product: String?
        /// 0 for everybody at once.
        public var wave: Int?
        /// 0 for no bound of its own.
        public var pace: Int?
        public var revokesAtDeadline: Bool?

        public init() {}
    }

    private func change(
        _ name: String, _ decision: Incident.Decision, isDryRun: Bool,
        _ body: @escaping @Sendable (inout Incident) throws -> (kind: String, message: String)?
    ) async throws -> Incident {
        try await entrance.pass(.manageIncident, to: wish(.changeIncident, name), isDryRun ? .byTheUseCase : .all) {
            if isDryRun {
                var incident = try await gateway.planner.incidents.incident(named: name)
                try incident.require(decision)
                _ = try body(&incident)
                return incident
            }
            return try await gateway.planner.incidents.change(name, by: actor, at: gateway.ledger.clock.now()) {
                incident in
                try incident.require(decision)
                return try body(&incident)
            }
        }
    }

    /// Nothing new begins and nothing is revoked until `resume`; orders under way are finished and delivered.
    ///
    /// - Throws: `LedgerError.notPossible` for one that is over, or stands still already.
    public func pause(_ name: String, isDryRun: Bool = false) async throws -> Incident {
        let actor = actor
        return try await change(name, .pause, isDryRun: isDryRun) { $0.pause(by: actor) }
    }

    /// Goes on; after a canary, with everybody.
    public func resume(_ name: String, isDryRun: Bool = false) async throws -> Incident {
        let (actor, now) = (actor, gateway.ledger.clock.now())
        return try await change(name, .resume, isDryRun: isDryRun) { $0.resume(by: actor, at: now) }
    }

    /// Nothing new begins; what has begun is finished: delivered, and then the old one revoked.
    public func cancel(_ name: String, isDryRun: Bool = false) async throws -> Incident {
        let actor = actor
        return try await change(name, .end, isDryRun: isDryRun) { $0.cancel(by: actor) }
    }

    /// Another deadline, pace, wave, CA or product for what has not begun. Orders that have not left for the former CA are withdrawn and
    /// ordered at the new one.
    ///
    /// - Throws: `SettingsError` for a CA that there is not; `LedgerError.notPossible` for an incident that is over.
    public func change(_ name: String, _ wanted: Change, isDryRun: Bool = false) async throws -> Incident {
        if let backendCA = wanted.backendCA, gateway.configuration.backendCA(backendCA) == nil {
            throw SettingsError.unknown("backend CA", backendCA, gateway.configuration.backendCAs.map(\.name))
        }
        let (actor, now) = (actor, gateway.ledger.clock.now())
        return try await change(name, .change, isDryRun: isDryRun) { incident in
            var words: [String] = []
            if let deadline = wanted.deadline {
                incident.deadline = deadline
                words.append("deadline \(deadline.formatted(.iso8601))")
            }
            if let backendCA = wanted.backendCA {
                incident.backendCA = backendCA
                words.append("backend CA \(backendCA)")
            }
            if let product = wanted.product {
                incident.product = product
                words.append("product \(product)")
            }
            if let wave = wanted.wave {
                incident.wave = wave > 0 ? wave : nil
                words.append(wave > 0 ? "waves of \(wave)" : "no waves")
            }
            if let pace = wanted.pace {
                incident.pace = pace > 0 ? pace : nil
                words.append(pace > 0 ? "\(pace) an hour" : "no pace of its own")
            }
            if let revokes = wanted.revokesAtDeadline {
                incident.revokesAtDeadline = revokes
                words.append(
                    revokes ? "revokes all at the deadline" : "revokes at the deadline only what has a successor")
            }
            guard !words.isEmpty else { return nil }
            incident.measure(from: now)
            return ("changed", "changed by \(actor): \(words.joined(separator: ", "))")
        }
    }
}
