// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Store
import YAMLDocuments

extension [Option] {
    /// How a list is asked for; the same for every list.
    static func list(_ sorting: ListSorting) -> [Option] {
        [
            .value("limit", "N", "at most so many", default: "50"),
            .flag("all", "all of them"),
            .value("page", "CURSOR", "the page behind the one that has printed this cursor"),
            .value(
                "sort", "KEY[:desc]",
                "order by \(sorting.keys.joined(separator: ", ")) (default: \(sorting.standard.text))"),
            .choice(
                "output", ["table", "json", "csv"], "how the list is printed; a table is as wide as the terminal",
                default: "table"),
        ]
    }
}

extension Invocation {
    /// Which part of a list is asked for.
    ///
    /// - Throws: `UsageError` for a limit, order or cursor that the list does not have.
    func listRequest(_ sorting: ListSorting) throws -> ListRequest {
        var request = ListRequest(limit: try int("limit", in: 1...10_000_000) ?? 50, countingTo: .max)
        if flag("all") { request.limit = .max }
        if let text = value("sort") {
            guard let sort = ListSort(text: text), sorting.keys.contains(sort.key) else {
                let key = String(text.prefix { $0 != ":" })
                let hint =
                    sorting.keys.contains(key)
                    ? "the order is asc or desc, such as \(key):desc" : suggestion(for: key, in: sorting.keys)
                throw UsageError("--sort: found \"\(text)\", expected KEY or KEY:desc; \(hint)", path: path)
            }
            request.sort = sort
        }
        guard let text = value("page") else { return request }
        guard let cursor = cursor(text), sorting.keys.contains(cursor.sort.key) else { throw foreignCursor(text) }
        guard request.sort == nil || request.sort == cursor.sort else {
            throw UsageError(
                "--page goes on in the order of its list, which is --sort \(cursor.sort.text): leave --sort out, or begin anew",
                path: path)
        }
        request.after = cursor
        return request
    }

    /// Reads a page of a list and shows it.
    ///
    /// - Throws: as `listRequest`, and what `read` throws.
    func show<Item: Sendable>(
        _ list: ItemList<Item>, _ sorting: ListSorting, _ read: (ListRequest) async throws -> ListPage<Item>
    ) async throws {
        var request = try listRequest(sorting)
        do {
            // However long it is, a part of it is in memory.
            if flag("all"), value("output") == "csv" {
                var isFirst = true
                request.limit = 1000
                while true {
                    let page = try await read(request)
                    list.showCSV(page, isFirst: isFirst)
                    guard let next = page.next else { return }
                    (isFirst, request.sort, request.after) = (false, nil, next)
                }
            }
            list.show(try await read(request), self)
        } catch is ListError {
            // The order has been looked at, so that it is the cursor that does not fit.
            throw foreignCursor(value("page") ?? "")
        }
    }

    private func foreignCursor(_ text: String) -> UsageError {
        UsageError(
            "--page: found \"\(text)\", expected the cursor that a page of this list has printed, with the same filters",
            path: path)
    }
}
