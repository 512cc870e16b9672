// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store
import Synchronization

/// Commits together the steps that come while others are being committed: on a server each question costs its way there and back,
/// and a transaction of sixteen steps asks little more than one of one.
///
/// Whatever goes wrong with one of them undoes all, and then each is committed alone, so nobody's step fails for a neighbour's.
final class StepGathering: Sendable {
    /// Of one transaction, so that it holds its locks briefly.
    private static let most = 64

    private struct Entry: Sendable {
        let step: OrderStep
        let known: Order
        let continuation: CheckedContinuation<Order?, any Error>
    }

    private struct State: Sendable {
        var waiting: [Entry] = []
        var isWorking = false
    }

    private let state = Mutex(State())

    /// - Parameter known: the order as the last step has left it.
    /// - Returns: nil, and nothing is written, where the step has to be committed alone.
    /// - Throws: `StoreError` where it cannot be known whether it was kept, and where the database is away.
    func take(_ step: OrderStep, knowing known: Order, in ledger: OrderLedger) async throws -> Order? {
        try await withCheckedThrowingContinuation { continuation in
            let isFirst = state.withLock { state in
                state.waiting.append(Entry(step: step, known: known, continuation: continuation))
                defer { state.isWorking = true }
                return !state.isWorking
            }
            if isFirst { Task.detached { await self.work(ledger) } }
        }
    }

    private func work(_ ledger: OrderLedger) async {
        while let entries = next() {
            do {
                // Also one alone: who comes meanwhile goes together.
                let saved = try await Self.write(entries, ledger)
                for (index, entry) in entries.enumerated() { entry.continuation.resume(returning: saved?[index]) }
            } catch {
                for entry in entries { entry.continuation.resume(throwing: error) }
            }
        }
    }

    /// - Returns: nil when nothing waits; whoever comes then begins anew.
    private func next() -> [Entry]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWorking = false
                return nil
            }
            let entries = Array(state.waiting.prefix(Self.most))
            state.waiting.removeFirst(entries.count)
            return entries
        }
    }

    /// - Returns: nil when nothing was written.
    private static func write(_ entries: [Entry], _ ledger: OrderLedger) async throws -> [Order]? {
        // Some may have waited for longer than their leases allow.
        guard entries.allSatisfy({ ledger.isSure($0.step) }) else { return nil }
        let steps = entries.map { (step: $0.step, known: $0.known) }
        let now = ledger.now()
        do {
            return try await ledger.database.write { connection in
                let table = OrderTable(connection: connection, now: now, node: steps[0].step.claim.owner)
                guard let saved = try OrderStep.takeUnlessChanged(steps, in: table) else {
                    throw SomebodyElseWasFaster()
                }
                return saved
            }
        } catch let error as StoreError where error.code == .unknownOutcome || error.code == .connection {
            throw error
        } catch {
            // Whose fault it is shows where each is committed alone.
            return nil
        }
    }

    /// Undoes what was written of the others.
    private struct SomebodyElseWasFaster: Error {}
}
