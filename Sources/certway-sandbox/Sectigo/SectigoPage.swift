// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// `position` and `size` of a list: a row offset from zero, and rows per page (wire/sectigo-scm.md section 8).
struct SectigoPage {
    let position: Int
    let size: Int

    /// - Parameter cap: a larger size gives so many rows, without a word about it.
    init(_ call: Call, cap: Int) throws(Reply) {
        position = try Self.number("position", call) ?? 0
        size = min(try Self.number("size", call) ?? cap, cap)
    }

    private static func number(_ name: String, _ call: Call) throws(Reply) -> Int? {
        guard let text = call.request.query(name) else { return nil }
        guard let number = Int(text), number >= 0 else { throw SectigoError.invalid(name, "'\(text)' is no number") }
        return number
    }
}
