// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The `$filter` expressions that the sandbox understands: comparisons of a property with a text, joined by one word.
///
/// `tolower(userPrincipalName) eq 'o''hara@…' and thumbprint eq '…'`; anything else is refused as unsupported.
struct ODataFilter: Sendable {
    struct Comparison: Sendable {
        let property: String
        let isLowered: Bool
        let value: String
    }

    let comparisons: [Comparison]
    /// Whether all comparisons must hold, or one.
    let isConjunction: Bool

    init(_ text: String, allowing properties: Set<String>) throws(Reply) {
        var rest = Substring(text)
        var comparisons: [Comparison] = []
        var words: Set<Substring> = []
        while true {
            comparisons.append(try Self.comparison(&rest, properties))
            if rest.isEmpty { break }
            guard let word = ["and", "or"].first(where: { rest.hasPrefix(" \($0) ") }) else {
                throw GraphError.badRequest("Invalid filter clause at '\(rest.prefix(20))'.")
            }
            words.insert(Substring(word))
            rest = rest.dropFirst(word.count + 2)
        }
        guard words.count <= 1 else { throw GraphError.unsupportedQuery("'and' and 'or' cannot be mixed.") }
        self.comparisons = comparisons
        isConjunction = words.first != "or"
    }

    func matches(_ value: (String) -> String?) -> Bool {
        let holds = { (comparison: Comparison) in
            let found = value(comparison.property)
            return (comparison.isLowered ? found?.lowercased() : found) == comparison.value
        }
        return isConjunction ? comparisons.allSatisfy(holds) : comparisons.contains(where: holds)
    }

    private static func comparison(_ rest: inout Substring, _ properties: Set<String>) throws(Reply) -> Comparison {
        let isLowered = rest.hasPrefix("tolower(")
        if isLowered { rest = rest.dropFirst(8) }
        let property = String(rest.prefix { $0.isLetter })
        rest = rest.dropFirst(property.count)
        let link = isLowered ? ") eq '" : " eq '"
        guard properties.contains(property), rest.hasPrefix(link) else {
            throw GraphError.unsupportedQuery("Unsupported property filter clause for '\(property)\(rest.prefix(20))'.")
        }
        rest = rest.dropFirst(link.count)
        var value = ""
        while let end = rest.firstIndex(of: "'") {
            value += rest[..<end]
            rest = rest[rest.index(after: end)...]
            // Two quotes in a row stand for one.
            guard rest.first == "'" else { return Comparison(property: property, isLowered: isLowered, value: value) }
            value += "'"
            rest = rest.dropFirst()
        }
        throw GraphError.badRequest("There is an unterminated literal in the filter clause.")
    }
}
