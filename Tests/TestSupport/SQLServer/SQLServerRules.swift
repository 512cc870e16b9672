// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// What SQL Server 2016 takes, as far as the product's statements come near it
/// (https://learn.microsoft.com/sql/t-sql/language-reference). No server was met; this is its documentation as code.
public struct SQLServerRules {
    static let comparisons: Set = ["=", "<", ">", "<=", ">=", "<>", "LIKE", "IN", "IS", "BETWEEN", "EXISTS"]
    /// What stands behind WHERE or ON ends here.
    private static let ends: Set = [
        "GROUP", "ORDER", "HAVING", "OFFSET", "UNION", "LEFT", "INNER", "JOIN", "WHERE", "THEN", "WHEN", "FETCH", ";",
    ]
    /// What other engines have in places of their own, with what SQL Server has instead.
    private static let foreignWords: [String: String] = [
        "LIMIT": "OFFSET … FETCH", "RETURNING": "OUTPUT", "SKIP": "READPAST", "CONFLICT": "MERGE",
        "DUPLICATE": "MERGE", "ILIKE": "LIKE", "GLOB": "LIKE", "REGEXP": "LIKE", "AUTOINCREMENT": "a counter",
        "TRUE": "1", "FALSE": "0", "LENGTH": "LEN", "SUBSTR": "SUBSTRING", "IFNULL": "COALESCE",
        "GROUP_CONCAT": "STRING_AGG", "NOW": "SYSUTCDATETIME", "UNIX_TIMESTAMP": "DATEDIFF_BIG",
        "RANDOM": "CRYPT_GEN_RANDOM",
        "NULLS": "CASE", "BOOLEAN": "BIGINT", "BLOB": "VARBINARY(MAX)", "LONGBLOB": "VARBINARY(MAX)",
        "BYTEA": "VARBINARY(MAX)", "LONGTEXT": "NVARCHAR(MAX)", "TEXT": "NVARCHAR(MAX)", "VARCHAR": "NVARCHAR",
        "INTEGER": "BIGINT", "INT": "BIGINT", "PRAGMA": "nothing", "EXPLAIN": "SHOWPLAN", "REPLACE": "MERGE",
        "IGNORE": "MERGE", "NATURAL": "JOIN … ON", "USING": "JOIN … ON", "SERIAL": "a counter", "FILTER": "CASE",
    ]

    public init() {}

    private var schema = SQLServerSchema()

    /// What is wrong with a statement; definitions are remembered for those that follow.
    ///
    /// - Parameter values: those of its parameters; nil when it is not about to run.
    public mutating func complaints(_ sql: String, _ values: [SQLValue]? = nil) -> [String] {
        let tokens = SQLToken.tokens(sql)
        return words(tokens) + size(tokens, values) + paging(tokens) + conditions(tokens) + results(tokens)
            + derivedTables(tokens) + SQLServerNames.complaints(tokens) + schema.complaints(tokens, values ?? [])
    }

    private func words(_ tokens: [SQLToken]) -> [String] {
        var found: [String] = []
        let isMerge = tokens.first?.is("MERGE") == true
        for (index, token) in tokens.enumerated() {
            let next = index + 1 < tokens.count ? tokens[index + 1].text : ""
            switch token.kind {
            case .word:
                if let instead = Self.foreignWords[token.text], !(isMerge && token.text == "USING") {
                    found.append("\(token.text) is another engine's word for \(instead)")
                }
                if token.is("FOR"), next == "UPDATE" { found.append("FOR UPDATE is WITH (UPDLOCK) here") }
                if token.is("IF"), next == "NOT" || next == "EXISTS" {
                    found.append("IF \(next) is not for every version")
                }
                if token.is("ADD"), next == "COLUMN" { found.append("ADD COLUMN is ADD here") }
                if token.is("MAX", "MIN"), next == "(", arguments(tokens, at: index + 1) > 1 {
                    found.append("\(token.text) takes one value")
                }
                if token.is("READPAST"), tokens.contains(where: { $0.is("HOLDLOCK", "SERIALIZABLE") }) {
                    found.append("READPAST does not go with HOLDLOCK")
                }
            case .sign where ["||", "::", "`", "!=", "==", "%"].contains(token.text):
                found.append("the sign \(token.text) is not for every engine")
            case .sign where token.text == ";" && (!isMerge || index < tokens.count - 1) && !tokens[0].is("CREATE"):
                found.append("more than one statement")
            case .text where token.text == "\u{FFFD}":
                found.append("a text with letters beyond ASCII needs an N before it")
            default: break
            }
        }
        if isMerge, tokens.last?.text != ";" { found.append("MERGE ends in a semicolon") }
        if isMerge, !tokens.contains(where: { $0.is("HOLDLOCK") }) { found.append("MERGE needs HOLDLOCK") }
        return found
    }

    private func arguments(_ tokens: [SQLToken], at open: Int) -> Int {
        1
            + tokens[open...].dropFirst().prefix { !($0.text == ")" && $0.depth == tokens[open].depth) }
            .count { $0.text == "," && $0.depth == tokens[open].depth }
    }

    private func size(_ tokens: [SQLToken], _ values: [SQLValue]?) -> [String] {
        let places = tokens.count { $0.is("?") }
        var found: [String] = []
        if let values, values.count != places { found.append("\(places) places for \(values.count) values") }
        // 2100, of which the driver takes two for the call itself.
        if places > 2098 { found.append("\(places) parameters, at most 2098") }
        let rows = tokens.firstIndex { $0.is("VALUES") }.map { first in
            tokens[first...].count { $0.text == "(" && $0.depth == tokens[first].depth + 1 }
        }
        if let rows, rows > 1000 { found.append("\(rows) rows, at most 1000") }
        return found
    }

    /// OFFSET belongs to an ORDER BY, and a subquery has none without it.
    private func paging(_ tokens: [SQLToken]) -> [String] {
        var found: [String] = []
        for (index, token) in tokens.enumerated() {
            let before = tokens[..<index].reversed().prefix { $0.depth >= token.depth }.filter {
                $0.depth == token.depth
            }
            let after = tokens[index...].prefix { $0.depth >= token.depth }.filter { $0.depth == token.depth }
            if token.is("OFFSET"), !before.contains(where: { $0.is("ORDER") }) { found.append("OFFSET needs ORDER BY") }
            if token.is("OFFSET"), !after.contains(where: { $0.is("FETCH") }) { found.append("OFFSET without FETCH") }
            if token.is("ORDER"), token.depth > 0, !after.contains(where: { $0.is("OFFSET") }) {
                found.append("ORDER BY in a subquery needs OFFSET")
            }
        }
        return found
    }

    /// A condition compares; a column by itself is none.
    private func conditions(_ tokens: [SQLToken]) -> [String] {
        var found: [String] = []
        for (index, token) in tokens.enumerated() {
            let isCase = token.is("WHEN") && index > 0 && Self.searchedCase(tokens, before: index)
            guard token.is("WHERE", "ON", "HAVING") || isCase, !tokens[0].is("CREATE", "IF") else { continue }
            found += terms(Array(Self.region(tokens, from: index + 1, depth: token.depth)), depth: token.depth)
        }
        return found
    }

    /// Whether the WHEN there belongs to a CASE without a value of its own.
    private static func searchedCase(_ tokens: [SQLToken], before index: Int) -> Bool {
        var inner = 0
        for (place, token) in tokens[..<index].enumerated().reversed() where token.depth == tokens[index].depth {
            if token.is("END") { inner += 1 }
            guard token.is("CASE") else { continue }
            if inner == 0 { return tokens[place + 1].is("WHEN") }
            inner -= 1
        }
        return false
    }

    static func region(_ tokens: [SQLToken], from start: Int, depth: Int) -> ArraySlice<SQLToken> {
        var cases = 0
        var end = start
        while end < tokens.count, tokens[end].depth >= depth, !(tokens[end].depth == depth && tokens[end].text == ")") {
            let token = tokens[end]
            if token.depth == depth {
                if token.is("CASE") { cases += 1 }
                if cases == 0, token.kind != .text, ends.contains(token.text) { break }
                if token.is("END") { cases -= 1 }
            }
            end += 1
        }
        return tokens[start..<max(start, end)]
    }

    private func terms(_ tokens: [SQLToken], depth: Int) -> [String] {
        var parts: [[SQLToken]] = [[]]
        var (cases, isBetween) = (0, false)
        for token in tokens {
            if token.depth == depth {
                if token.is("CASE") { cases += 1 }
                if token.is("END") { cases -= 1 }
                if token.is("BETWEEN") { isBetween = true }
                if cases == 0, token.is("AND", "OR") {
                    if !isBetween || token.is("OR") {
                        parts.append([])
                        continue
                    }
                    isBetween = false
                }
            }
            parts[parts.count - 1].append(token)
        }
        return parts.flatMap { part -> [String] in
            let term = Array(part.drop { $0.is("NOT") })
            if let first = term.first, first.text == "(", first.depth == depth + 1, term.count > 1,
                !term[1].is("SELECT"),
                term.firstIndex(where: { $0.text == ")" && $0.depth == depth + 1 }) == term.count - 1
            {
                return terms(Array(term.dropFirst().dropLast()), depth: depth + 1)
            }
            let compares = term.contains { $0.depth == depth && $0.kind != .text && Self.comparisons.contains($0.text) }
            return compares ? [] : ["a value is no condition: \(term.map(\.text).joined(separator: " "))"]
        }
    }

    /// A comparison is no value: it stands in a CASE, or not in a result.
    private func results(_ tokens: [SQLToken]) -> [String] {
        var found: [String] = []
        for (index, token) in tokens.enumerated()
        where token.is("SELECT") || (token.is("SET") && tokens[0].is("UPDATE")) {
            var (isCondition, isAssigned) = (0, token.is("SELECT"))
            var skipped: Int?
            for (place, part) in tokens[(index + 1)...].enumerated().map({ ($0.offset + index + 1, $0.element) }) {
                if part.depth < token.depth || (part.depth == token.depth && part.is("FROM", "WHERE", "UNION", ")")) {
                    break
                }
                if let inside = skipped {
                    if part.text == ")", part.depth == inside { skipped = nil }
                    continue
                }
                if part.text == "(", place + 1 < tokens.count, tokens[place + 1].is("SELECT") {
                    skipped = part.depth
                } else if part.is("WHEN") {
                    isCondition += 1
                } else if part.is("THEN") {
                    isCondition -= 1
                } else if part.text == ",", part.depth == token.depth {
                    isAssigned = token.is("SELECT")
                } else if isCondition == 0, part.kind != .text,
                    Self.comparisons.contains(part.text) || part.is("AND", "OR", "NOT")
                {
                    if !isAssigned, part.text == "=" {
                        isAssigned = true
                    } else {
                        found.append("a comparison is no value: \(part.text)")
                    }
                }
            }
        }
        return found
    }

    private func derivedTables(_ tokens: [SQLToken]) -> [String] {
        tokens.indices.filter { index in
            guard index > 0, index + 1 < tokens.count, tokens[index].text == "(", tokens[index + 1].is("SELECT"),
                tokens[index - 1].is("FROM", "JOIN"),
                let end = tokens[index...].firstIndex(where: { $0.text == ")" && $0.depth == tokens[index].depth })
            else { return false }
            return end + 1 >= tokens.count || tokens[end + 1].kind != .word
                || SQLServerNames.reserved.contains(tokens[end + 1].text) && !tokens[end + 1].is("AS")
        }.map { _ in "a query behind FROM needs a name" }
    }
}
