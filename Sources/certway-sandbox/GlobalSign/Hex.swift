// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
    /// Pairs of hex digits of any case; nil for anything else.
    init?(hexText: String) {
        let digits = hexText.compactMap(\.hexDigitValue)
        guard digits.count == hexText.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
