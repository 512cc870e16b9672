// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The date formats a client can ask for (wire/sectigo-scm.md section 7); which digits stand where is known for US and ISO
/// only, the others are the customary ones.
struct SectigoDate {
    private let order: String
    private let hasTime: Bool

    init?(_ name: String) {
        hasTime = name.hasSuffix("_HMS")
        switch hasTime ? String(name.dropLast(4)) : name {
        case "US": order = "MM/dd/yyyy"
        case "ISO": order = "yyyy-MM-dd"
        case "EU": order = "dd.MM.yyyy"
        case "UK": order = "dd/MM/yyyy"
        case "JP": order = "yyyy/MM/dd"
        default: return nil
        }
    }

    func text(_ date: Date) -> String {
        let utc = Timestamp.utc(date)
        let day = utc.prefix(10).split(separator: "-")
        let text = order.replacing("yyyy", with: day[0]).replacing("MM", with: day[1]).replacing("dd", with: day[2])
        return hasTime ? "\(text) \(utc.dropFirst(11).dropLast())" : text
    }
}
