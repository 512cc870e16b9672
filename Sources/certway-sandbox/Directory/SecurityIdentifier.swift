// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Security identifiers of accounts (wire/graph-directory.md section 5).
enum SecurityIdentifier {
    /// `S-1-12-1-a-b-c-d`: the GUID's bytes in memory order as four little-endian words.
    static func cloud(ofID id: String) -> String {
        let digits = Array(id.filter { $0 != "-" })
        let bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0..<$0 + 2]), radix: 16) ?? 0 }
        // The first three fields lie little-endian in memory.
        let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
        let memory = order.map { bytes[$0] }
        let words = stride(from: 0, to: 16, by: 4).map { start in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(memory[start + $1]) << UInt32(8 * $1) }
        }
        return "S-1-12-1-" + words.map(String.init).joined(separator: "-")
    }

    static func onPremises(_ number: Int) -> String { "S-1-5-21-1004336348-1177238915-682003330-\(number)" }
}
