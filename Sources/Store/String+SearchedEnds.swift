// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension String {
    /// By what beginnings a name, address or host is found: the whole, and its end from each word on, so that `ada.lovelace@example.org`
    /// is found by `lovelace`, too. The domain of an address, and the last label of a host, begin none: they would find everybody's.
    public var searchedEnds: [String] {
        guard !isEmpty else { return [] }
        var rest = self[...]
        if let at = firstIndex(of: "@") {
            rest = self[..<at]
        } else if !contains(" "), let dot = lastIndex(of: ".") {
            rest = self[..<dot]
        }
        var ends = [self]
        while let separator = rest.firstIndex(where: { "._-+ ".contains($0) }) {
            rest = rest[index(after: separator)...]
            guard let first = rest.first, first.isLetter || first.isNumber else { continue }
            ends.append(String(self[rest.startIndex...]))
        }
        return ends
    }
}
