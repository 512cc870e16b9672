// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// SplitMix64: the same words give the same numbers in every run, on every machine.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts from a seed and from words that say what the numbers are for (FNV-1a over them).
    init(_ seed: UInt64, _ words: String...) {
        state = words.reduce(0xCBF2_9CE4_8422_2325 ^ seed &* 0x9E37_79B9_7F4A_7C15) { hash, word in
            // The zero byte keeps ["ab", "c"] apart from ["a", "bc"].
            (Array(word.utf8) + [0]).reduce(hash) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, 1.
    mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// A GUID of version 4 (RFC 9562), in lower case.
    mutating func guid() -> String {
        GUID.text(high: next(), low: next())
    }
}
