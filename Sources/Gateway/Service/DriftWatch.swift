// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Has ledger and world compared by itself, every `limits.driftEvery`, and at once when somebody asks for it. One node does, and never while
/// another comparison runs.
struct DriftWatch: Sendable {
    /// Compares everything, keeps what is found, and gives its numbers.
    ///
    /// Throws whatever keeps it from being compared at all; what single places say is no failure.
    typealias Comparison = @Sendable (Gateway) async throws -> [String: Int]

    /// Between two looks whether it is due; two look-ups each.
    static let pace = Duration.seconds(10)
    /// What did not come to its end, or whose process has died, is begun anew no sooner.
    static let rest: TimeInterval = 3600

    let compare: Comparison

    /// Compares if it is due, as a job of the service.
    ///
    /// - Returns: why nothing could be compared, a sentence; nil where nothing was due, too.
    /// - Throws: `StoreError`, `CancellationError`.
    func look(_ gateway: Gateway, in jobs: JobBook) async throws -> String? {
        let every = gateway.configuration.limits.driftEvery
        let last = try await jobs.runs(of: [.drift])[.drift]
        let wish = try await JobWish.of(.drift, in: gateway.ledger)
        guard Self.isDue(last, every: every, askedAt: wish.runAskedAt, at: gateway.ledger.clock.now()) else {
            return nil
        }
        let begun = await jobs.begin(.drift)
        do {
            let facts = try await compare(gateway)
            await jobs.end(.drift, begun: begun, next: every, facts: facts)
            return nil
        } catch let error as CancellationError {
            await jobs.end(.drift, begun: begun, problem: "the service was stopped")
            throw error
        } catch {
            let next = every.map { min($0, .seconds(Int64(Self.rest))) }
            await jobs.end(.drift, begun: begun, next: next, problem: "\(error)")
            return "ledger and world cannot be compared: \(error)"
        }
    }

    /// - Parameters:
    ///   - last: the last one that was begun; nil for none.
    ///   - askedAt: when somebody has asked for one; nil for never.
    static func isDue(_ last: JobBook.Run?, every: Duration?, askedAt: Date?, at now: Date) -> Bool {
        if let askedAt, askedAt > last?.startedAt ?? .distantPast { return true }
        guard let every else { return false }
        guard let last else { return true }
        let isDone = last.endedAt != nil && last.problem == nil
        // Also where a clock had run ahead.
        return abs(now.timeIntervalSince(last.startedAt)) >= (isDone ? every.seconds : min(every.seconds, rest))
    }
}
