// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Decides which passes are killed, and when, from the seed; a kill that came too late is tried again.
struct PassKiller {
    private let asked: Int
    private var byDay: [Int: Int] = [:]
    private var random: SimulationRandom
    private var waiting = 0
    private var tries = 0
    /// Seconds that a pass took lately.
    private var usual = 0.4
    private(set) var struck = 0

    init(kills: Int, days: Int, seed: Int) {
        asked = kills
        random = SimulationRandom(seed, "kills")
        for _ in 0..<kills { byDay[Int.random(in: 0..<days, using: &random), default: 0] += 1 }
    }

    /// Whether a pass of the day is to be killed.
    var isWaiting: Bool { waiting > 0 }

    mutating func begin(day: Int) {
        waiting += byDay[day] ?? 0
        tries = 0
    }

    /// After how many seconds the next pass is to be killed; nil when it is not.
    var moment: Double? {
        mutating get {
            guard waiting > 0, tries < 6 else { return nil }
            return Double.random(in: 0.02...max(0.05, usual), using: &random)
        }
    }

    /// Which of several nodes is struck.
    var victim: Int { mutating get { Int.random(in: 0..<64, using: &random) } }

    mutating func note(_ run: SimulatedGateway.Run) {
        if run.wasKilled {
            struck += 1
            waiting -= 1
        } else {
            tries += 1
            usual *= 0.7
        }
    }

    /// How long a pass takes that nobody kills.
    mutating func learn(_ seconds: Double) { usual = (usual + seconds) / 2 }
}
