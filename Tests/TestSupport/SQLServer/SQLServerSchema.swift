// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// The tables that statements have defined, for what the engine asks of keys and values.
struct SQLServerSchema {
    private enum Kind: Equatable {
        case number
        case text(Int)
        case longText
        case bytes
        case real

        /// In a key; nil for what must not be in one.
        var size: Int? {
            switch self {
            case .number, .real: 8
            case .text(let length): 2 * length
            case .longText, .bytes: nil
            }
        }

        func takes(_ value: SQLValue) -> Bool {
            switch (value, self) {
            case (.null, _), (.integer, .number), (.integer, .real), (.real, .real), (.blob, .bytes),
                (.text, .longText):
                true
            // Longer by any count is refused by the translation, too.
            case (.text(let text), .text(let length)): text.utf16.count <= length || text.unicodeScalars.count > length
            default: false
            }
        }
    }

    private var tables: [String: [String: Kind]] = [:]

    mutating func complaints(_ tokens: [SQLToken], _ values: [SQLValue]) -> [String] {
        var found: [String] = []
        if let start = tokens.firstIndex(where: { $0.is("TABLE") }), start > 0, start + 4 < tokens.count,
            tokens[start - 1].is("CREATE", "ALTER")
        {
            let isNew = tokens[start - 1].is("CREATE")
            let name = tokens[start + 1].text
            if isNew, tokens[0].is("CREATE") || tables[name] == nil { tables[name] = [:] }
            let parts = isNew ? Self.parts(tokens, from: start + 2) : [Array(tokens[(start + 3)...])]
            for part in parts { found += define(part, in: name, isNew: isNew) }
        } else if let place = tokens.firstIndex(where: { $0.is("INDEX") }), place + 3 < tokens.count,
            tokens[0].is("CREATE")
        {
            let columns = Self.parts(tokens, from: place + 4).compactMap(\.first?.text)
            found += key(columns, of: tokens[place + 3].text, most: 1700)
        }
        return found + kinds(tokens, values)
    }

    private static func parts(_ tokens: [SQLToken], from open: Int) -> [[SQLToken]] {
        guard open < tokens.count, tokens[open].text == "(" else { return [] }
        let inside = tokens[(open + 1)...].prefix { !($0.text == ")" && $0.depth == tokens[open].depth) }
        return inside.split { $0.text == "," && $0.depth == tokens[open].depth }.map(Array.init)
    }

    private mutating func define(_ part: [SQLToken], in table: String, isNew: Bool) -> [String] {
        guard let name = part.first?.text, part.count > 1 else { return ["an empty definition in \(table)"] }
        let keys = part.firstIndex { $0.text == "(" }.map { Self.parts(part, from: $0).compactMap(\.first?.text) } ?? []
        switch name {
        case "PRIMARY": return key(keys, of: table, most: 900)
        case "UNIQUE": return key(keys, of: table, most: 1700)
        case "FOREIGN", "CHECK", "CONSTRAINT": return []
        default: break
        }
        let isMax = part.contains { $0.is("MAX") }
        let length = part.first { $0.kind == .number }.flatMap { Int($0.text) } ?? 0
        let kind: Kind? =
            switch part[1].text {
            case "BIGINT": .number
            case "FLOAT", "DOUBLE": .real
            case "NVARCHAR": isMax ? .longText : length <= 4000 && length > 0 ? .text(length) : nil
            case "VARBINARY": isMax ? .bytes : nil
            default: nil
            }
        guard let kind else { return ["\(table).\(name) is of the type \(part[1].text)"] }
        tables[table, default: [:]][name] = kind
        var found: [String] = []
        if part[1].is("NVARCHAR"), !part.contains(where: { $0.is("LATIN1_GENERAL_100_BIN2") }) {
            found.append("\(table).\(name) is not compared byte by byte")
        }
        let isRequired = zip(part, part.dropFirst()).contains { $0.is("NOT") && $1.is("NULL") }
        if part.contains(where: { $0.is("PRIMARY") }) { found += key([name], of: table, most: 900) }
        if part.contains(where: { $0.is("UNIQUE") }) {
            found += key([name], of: table, most: 1700)
            if !isRequired { found.append("\(table).\(name) is unique and may be NULL, but only once") }
        }
        if !isNew, isRequired, !part.contains(where: { $0.is("DEFAULT") }) {
            found.append("\(table).\(name) is added to rows that have no value for it")
        }
        return found
    }

    private func key(_ columns: [String], of table: String, most: Int) -> [String] {
        var size = 0
        for column in columns {
            guard let kind = tables[table]?[column] else { return ["\(table) has no column \(column) for a key"] }
            guard let part = kind.size else { return ["\(table).\(column) is too long for a key"] }
            size += part
        }
        return size > most ? ["a key of \(table) takes \(size) bytes, at most \(most)"] : []
    }

    /// Values of another kind than their column: an INSERT's, and those that are compared with one or assigned to it.
    private func kinds(_ tokens: [SQLToken], _ values: [SQLValue]) -> [String] {
        var columns: [String?] = []
        if tokens.first?.is("INSERT") == true, tokens.count > 3, tokens[3].text == "(",
            tokens.contains(where: { $0.is("VALUES") })
        {
            let names = Self.parts(tokens, from: 3).compactMap(\.first?.text)
            let places = tokens.count { $0.is("?") }
            guard !names.isEmpty, places % names.count == 0 else { return [] }
            columns = (0..<places).map { names[$0 % names.count] }
        } else {
            columns = tokens.indices.filter { tokens[$0].is("?") }.map { place in
                guard place > 1, tokens[place - 1].is("=", "<", ">", "<=", ">=", "<>"), tokens[place - 2].kind == .word
                else { return nil }
                return tokens[place - 2].text
            }
        }
        let used = tokens.indices.dropFirst().filter { tokens[$0 - 1].is("FROM", "INTO", "UPDATE", "JOIN") }.map {
            tokens[$0].text
        }
        return zip(columns, values).compactMap { column, value in
            guard let column else { return nil }
            let kinds = used.compactMap { tables[$0]?[column] }
            guard !kinds.isEmpty, !kinds.contains(where: { $0.takes(value) }) else { return nil }
            return "\(column) gets a value of another kind, or one that is longer in UTF-16"
        }
    }
}
