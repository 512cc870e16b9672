// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension Duration {
    private static let units: [(letter: Character, seconds: Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]

    /// Reads `5s`, `15m`, `2h` or `3d`; nil for any other text.
    public init?(text: String) {
        guard let letter = text.last, let unit = Self.units.first(where: { $0.letter == letter }),
            text.utf8.dropLast().allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let count = Int64(text.dropLast()), count <= 1_000_000
        else { return nil }
        self = .seconds(count * unit.seconds)
    }

    /// The same form, in the largest unit that fits without rest; fractions of a second are dropped.
    public var text: String {
        let seconds = components.seconds
        let unit = Self.units.first { seconds != 0 && seconds % $0.seconds == 0 } ?? ("s", 1)
        return "\(seconds / unit.seconds)\(unit.letter)"
    }
}
