// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport

/// What a program wrote that is no answer, as people may see it: without secrets and control characters, and the end of it.
enum ProgramText {
    private static let maximumLines = 20

    /// - Returns: one bounded sentence a line. Masked as a whole, because a secret may have several lines.
    static func lines(_ bytes: [UInt8], _ mask: SecretMask) -> [String] {
        let all = mask.masking(String(decoding: bytes, as: UTF8.self)).split(whereSeparator: \.isNewline)
            .map { SafeText.sentence(String($0)) }.filter { !$0.isEmpty }
        let left = all.count - maximumLines
        return left > 0 ? ["… \(left) earlier lines are left out"] + all.suffix(maximumLines) : all
    }
}
