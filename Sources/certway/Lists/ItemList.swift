// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import JSONDocuments
import Store

/// What a list shows of its items. The one way in which a list is printed, as a table, JSON or comma-separated values, and says
/// that it goes on.
struct ItemList<Item: Sendable>: Sendable {
    private let none: String
    private let columns: [ListColumn<Item>]
    private let json: @Sendable (ListPage<Item>, _ next: String?) -> JSONValue
    /// The names of comma-separated values, and the rows of an item.
    private let head: [String]
    private let rows: @Sendable (Item) -> [[String]]

    /// - Parameters:
    ///   - none: said instead of an empty table.
    ///   - json: a page as programs see it, with the cursor of the next one.
    init(
        none: String, json: @escaping @Sendable (ListPage<Item>, _ next: String?) -> JSONValue,
        _ columns: [ListColumn<Item>]
    ) {
        self.none = none
        self.json = json
        self.columns = columns
        head = columns.map(\.name)
        rows = { item in [columns.map { $0.value(item) }] }
    }

    /// A list whose JSON is an array of its items; where it goes on stands on standard error.
    init(none: String, each json: @escaping @Sendable (Item) -> JSONValue, _ columns: [ListColumn<Item>]) {
        self.init(none: none, json: { page, _ in .array(page.items.map(json)) }, columns)
    }

    /// A list that can be had as a file: comma-separated values are those that the API makes of it.
    init(
        none: String, as file: ExportedList, each json: @escaping @Sendable (Item) -> JSONValue,
        _ columns: [ListColumn<Item>]
    ) {
        self.none = none
        self.json = { page, _ in .array(page.items.map(json)) }
        self.columns = columns
        head = file.columns
        rows = { file.rows(json($0)) }
    }

    /// The next page of comma-separated values of the whole list.
    func showCSV(_ page: ListPage<Item>, isFirst: Bool) {
        Terminal.print(csv: (isFirst ? [head] : []) + page.items.flatMap(rows))
    }

    func show(_ page: ListPage<Item>, _ invocation: Invocation) {
        let next = page.next.map(invocation.text(of:))
        switch invocation.value("output") {
        case "json": Terminal.print(json: json(page, next).text)
        case "csv":
            showCSV(page, isFirst: true)
        default:
            var table = TextTable(columns.map(\.column))
            for item in page.items { table.add(columns.map { $0.cell(item) }) }
            Terminal.print(lines: table.isEmpty ? none : table.text)
            if let note = note(page, next) { Terminal.print(lines: "\n" + note) }
            return
        }
        if let note = note(page, next) { Terminal.complain("certway: \(note)") }
    }

    /// Nothing for a list that is shown whole.
    private func note(_ page: ListPage<Item>, _ next: String?) -> String? {
        guard next != nil || page.skipped > 0 else { return nil }
        let first = page.skipped + 1
        let last = page.skipped + page.items.count
        let range = first == 1 ? "\(grouped(last))" : "\(grouped(first)) to \(grouped(last))"
        let more = next.map { "; --all shows all, --page \($0) the next" } ?? ""
        return "\(range) of \(page.matches.exact ? "" : "more than ")\(grouped(page.matches.count))\(more)"
    }

    /// A number with a comma for each three digits.
    private func grouped(_ number: Int) -> String {
        var digits = String(number)[...]
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }
}
