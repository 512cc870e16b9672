// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Decides, from a seed, which requests go wrong.
///
/// A decision depends on the seed, the operation, whom the request is about and how often that was asked before, not on
/// the order in which clients happen to come: a run with the same seed and the same people fails in the same places. After
/// two failures in a row for one thing the third attempt goes well, so that nothing fails for ever.
final class Hostility: Sendable {
    private struct History {
        var attempts = 0
        var failuresInARow = 0
    }

    let seed: UInt64
    private let histories = Mutex<[String: History]>([:])

    init(seed: UInt64) { self.seed = seed }

    func fault(operation: String, subject: String, kind: Route.Kind) -> Fault? {
        histories.withLock { histories in
            var history = histories["\(operation) \(subject)", default: History()]
            var generator = SeededGenerator(seed, operation, subject, String(history.attempts))
            history.attempts += 1
            var fault = Self.draw(&generator, kind)
            if case .delay = fault {
                history.failuresInARow = 0
            } else if fault != nil, history.failuresInARow < 2 {
                history.failuresInARow += 1
            } else {
                fault = nil
                history.failuresInARow = 0
            }
            histories["\(operation) \(subject)"] = history
            return fault
        }
    }

    /// Whether something happens to a subject, for a purpose of its own.
    func happens(_ purpose: String, _ subject: String, share: Double) -> Bool {
        var generator = SeededGenerator(seed, purpose, subject)
        return generator.fraction() < share
    }

    private static func draw(_ generator: inout SeededGenerator, _ kind: Route.Kind) -> Fault? {
        var left = generator.fraction()
        let common: [(share: Double, fault: Fault)] = [
            (0.08, .delay(milliseconds: Int.random(in: 1...300, using: &generator))),
            // Rare, because it is meant for all: a client that is told to slow down stops every request for seconds.
            (0.01, .throttled(retryAfter: nil)),
            (0.05, .unavailable(retryAfter: nil)),
            (0.05, .cutBefore),
            (0.05, .cutAfter),
        ]
        let own: [(share: Double, fault: Fault)] =
            switch kind {
            case .read, .list: [(0.05, .truncated)]
            case .change: [(0.05, .unavailableAfter(retryAfter: nil))]
            }
        for (share, fault) in common + own {
            if left < share { return fault }
            left -= share
        }
        return nil
    }
}
