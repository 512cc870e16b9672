// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Where a page of a list ends and the next one begins: by the values of its last item, so that what comes or goes meanwhile
/// moves nothing. It carries the order and the count, which are made once for all pages.
public struct ListCursor: Sendable, Hashable {
    public let sort: ListSort
    /// Items of all pages up to here.
    public let shown: Int
    /// Items of the whole list when its first page was read.
    public let matches: ListMatches
    /// The sort columns of the last item.
    let values: [SQLValue]

    init(sort: ListSort, shown: Int, matches: ListMatches, values: [SQLValue]) {
        self.sort = sort
        self.shown = shown
        self.matches = matches
        self.values = values
    }

    /// - Parameter text: as `text` gives it; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 4, let sort = ListSort(text: parts[0]), let shown = Int(parts[1]),
            let matches = ListMatches(text: parts[2]), shown >= 0
        else { return nil }
        let values = parts.dropFirst(3).compactMap(Self.value)
        guard values.count == parts.count - 3 else { return nil }
        self.init(sort: sort, shown: shown, matches: matches, values: values)
    }

    /// One word without a character that a shell reads in its own way.
    public var text: String {
        ([sort.text, "\(shown)", matches.text] + values.map(Self.text)).joined(separator: ",")
    }

    /// `=` before text, so that the text 12 is another value than the number.
    private static func text(_ value: SQLValue) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .text(let text): "=" + escaped(text)
        case .null, .real, .blob: "="
        }
    }

    private static func value(_ text: String) -> SQLValue? {
        guard text.hasPrefix("=") else { return Int64(text).map(SQLValue.integer) }
        return unescaped(text.dropFirst()).map(SQLValue.text)
    }

    /// Percent encoding of all but what RFC 3986 §2.3 calls unreserved, and `@`.
    private static func escaped(_ text: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._@".utf8)
        return text.utf8.map { byte in
            if plain.contains(byte) { return String(UnicodeScalar(byte)) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    private static func unescaped(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
