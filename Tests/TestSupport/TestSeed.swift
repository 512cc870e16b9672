// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Chance in tests, so that a failure can be replayed.
public enum TestSeed {
    /// That of the environment variable CERTWAY_TEST_SEED.
    private static let given = ProcessInfo.processInfo.environment["CERTWAY_TEST_SEED"].flatMap { UInt64($0) }

    /// A seed by chance, or that of the environment variable CERTWAY_TEST_SEED; printed either way.
    ///
    /// - Parameters:
    ///   - purpose: what it decides, for who reads the output.
    ///   - range: of seeds that make sense; one from the environment that lies outside is folded into it.
    public static func choose(_ purpose: String, in range: ClosedRange<UInt64> = 1...UInt64.max) -> UInt64 {
        let seed =
            given.map { range.contains($0) ? $0 : range.lowerBound + $0 % range.upperBound }
            ?? UInt64.random(in: range)
        print("seed of \(purpose): \(seed); replay with CERTWAY_TEST_SEED=\(seed)")
        return seed
    }

    /// Seeds that are always the same, or the one of the environment variable CERTWAY_TEST_SEED; printed either way.
    public static func each(_ purpose: String, of usual: [UInt64]) -> [UInt64] {
        let seeds = given.map { [$0] } ?? usual
        print("seeds of \(purpose): \(seeds); replay one with CERTWAY_TEST_SEED=\(seeds[0])")
        return seeds
    }
}
