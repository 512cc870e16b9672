// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// SplitMix64: the same seed makes the same year, on every machine.
struct SimulationRandom: RandomNumberGenerator {
    private var state: UInt64

    /// - Parameter purpose: what the numbers are for; each purpose has its own, so that one more event moves no other.
    init(_ seed: Int, _ purpose: String) {
        state = purpose.utf8.reduce(UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
        }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
