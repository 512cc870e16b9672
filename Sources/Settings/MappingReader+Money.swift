// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
import YAMLDocuments

extension MappingReader {
    /// An amount with its currency; nil when it is absent or noted as wrong.
    func money(_ key: String) -> Money? {
        guard let node = node(key), let text = node.string(at: path(of: key), collector) else { return nil }
        if let money = Money(text) { return money }
        let words = text.split(separator: " ")
        let decimals = words.count == 2 ? Currency(String(words[1]))?.decimals : nil
        add(
            key, "expected \(Money.expectation), found \"\(text)\"",
            hint: decimals.map {
                "the point is a point, no other sign divides digits, and \(words[1]) has \($0) decimals"
            })
        return nil
    }
}
