// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

/// A serial number or fingerprint as a person types or pastes it: with colons, blanks, `0x`, in any case, with leading zeros or
/// without, and cut short with an ellipsis as tables do.
struct TypedNumber {
    /// Upper-case hexadecimal digits without leading zeros; at least one.
    let digits: String

    /// - Returns: nil for other text.
    init?(_ text: String) {
        var digits = text.filter { $0 != ":" && !$0.isWhitespace }.uppercased()
        if digits.hasPrefix("0X") { digits.removeFirst(2) }
        digits = TypedWord.withoutEllipsis(digits)
        guard !digits.isEmpty, digits.utf8.count == digits.count, digits.allSatisfy(\.isHexDigit) else { return nil }
        self.digits = String(digits.drop { $0 == "0" })
    }

    /// How the ledger writes serial numbers that are this one.
    var serialNumbers: [String] { [digits, "0" + digits].map { $0.isEmpty || $0 == "0" ? "00" : $0 } }

    /// How the ledger writes a fingerprint that is this one.
    func fingerprint(length: Int) -> String {
        (String(repeating: "0", count: max(0, length - digits.count)) + digits).lowercased()
    }
}

extension SerialNumber {
    /// - Parameter word: a whole serial number, as a person types or pastes it.
    /// - Returns: nil for other text.
    public init?(typed word: String) {
        guard TypedWord.withoutEllipsis(word) == word, let digits = TypedNumber(word)?.digits else { return nil }
        self.init(hex: "0" + digits)
    }
}
