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
    private let isPaused = Atomic(false)
    private let histories = Mutex<[String: History]>([:])

    init(seed: UInt64) { self.seed = seed }

    /// What is only the way to what is tried goes quicker without failures.
    func pause(_ paused: Bool) { isPaused.store(paused, ordering: .relaxed) }

    func fault(operation: String, subject: String, kind: Route.Kind) -> Fault? {
        if isPaused.load(ordering: .relaxed) { return nil }
        return histories.withLock { histories in
            var history = histories["\(operation) \(subject)", default: History()]
            var generator = SeededGenerator(seed, operation, subject, String(history.attempts))
            history.attempts += 1
            var fault = Self.draw(&generator, kind, operation)
            if fault?.isHarmless == true {
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

    private static func draw(_ generator: inout SeededGenerator, _ kind: Route.Kind, _ operation: String) -> Fault? {
        var left = generator.fraction()
        let wait = retryAfter(&generator)
        let garbled = Fault.garbledAfter(GarbledAnswer.allCases.randomElement(using: &generator) ?? .alert)
        let common: [(share: Double, fault: Fault)] = [
            (0.08, .delay(milliseconds: Int.random(in: 1...300, using: &generator))),
            // Rare, because it is meant for all: a client that is told to slow down stops every request for seconds.
            (0.01, .throttled(retryAfter: wait)),
            (0.05, .unavailable(retryAfter: wait)),
            (0.05, .cutBefore),
            (0.05, .cutAfter),
            (0.02, garbled),
            (0.02, .wrongDate(seconds: clockJumps.randomElement(using: &generator) ?? 7200)),
        ]
        let own: [(share: Double, fault: Fault)] =
            switch kind {
            case .read: [(0.05, .truncated)]
            case .list:
                [(0.05, .truncated), (0.02, .pages(pageTrouble(&generator, operation)))]
            case .change:
                [
                    (0.05, .unavailableAfter(retryAfter: wait)),
                    (0.02, .proxyAfter(misleading.randomElement(using: &generator) ?? 409)),
                ]
            }
        for (share, fault) in common + own {
            if left < share { return fault }
            left -= share
        }
        return nil
    }

    /// Status codes with which a proxy answers what was executed behind it, for instance when it repeated the request.
    private static let misleading = [303, 307, 408, 409, 425]

    /// Seconds by which the clock of who answers has jumped.
    private static let clockJumps = [-31_536_000, -7200, 7200, 31_536_000]

    /// Links lead round. Where pages are chosen by an offset the first page would take the place of another, whose rows
    /// nobody could see; there the list only goes on and on.
    private static func pageTrouble(_ generator: inout SeededGenerator, _ operation: String) -> PageTrouble {
        guard operation.hasPrefix("graph.") else { return .endless }
        return PageTrouble.allCases.randomElement(using: &generator) ?? .endless
    }

    /// What a client is told to wait. nil leaves it to the service; the others try to make it hurry, sleep or stumble.
    private static func retryAfter(_ generator: inout SeededGenerator) -> String? {
        [nil, nil, "0", "1", "Wed, 21 Oct 2015 07:28:00 GMT", "soon"].randomElement(using: &generator) ?? nil
    }
}
