// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import JSONDocuments
import PKIX
public import Store
import YAMLDocuments

extension APICall {
    /// How many items a page has that does not ask for a number.
    static let pageLength = 50

    /// Which page is asked for.
    ///
    /// - Throws: `APIProblem` 400 for a cursor of another list, filter, order or role.
    public func listRequest() throws -> ListRequest {
        var request = ListRequest(limit: int("limit") ?? Self.pageLength)
        if let word = text("sort"), case .list(_, let sorts) = operation.answer {
            let isDescending = word.hasPrefix("-")
            let name = isDescending ? String(word.dropFirst()) : word
            guard let key = sorts.first(where: { $0.name == name })?.key else {
                throw ListError.unknownKey(name, known: sorts.map(\.name))
            }
            request.sort = ListSort(key, isDescending: isDescending)
        }
        guard let text = text("after") else { return request }
        guard let bytes = Data(base64Encoded: Self.standard(text)),
            let whole = String(validating: bytes, as: UTF8.self),
            let cut = whole.firstIndex(of: ","), whole[..<cut] == binding,
            let cursor = ListCursor(String(whole[whole.index(after: cut)...])),
            request.sort == nil || request.sort == cursor.sort
        else { throw APIProblem.otherList }
        request.sort = nil
        request.after = cursor
        return request
    }

    /// A page as it is answered.
    public func page<Item: Sendable>(_ page: ListPage<Item>, _ json: (Item) throws -> JSONValue) throws -> APIAnswer {
        .json(try pageJSON(page, json))
    }

    /// The same where what is told of each item is at hand.
    func page<Item: Sendable>(_ page: ListPage<Item>, _ values: [JSONValue]) throws -> APIAnswer {
        var rest = values[...]
        return try self.page(page) { _ in rest.popFirst() ?? .null }
    }

    private func pageJSON<Item: Sendable>(
        _ page: ListPage<Item>, _ json: (Item) throws -> JSONValue
    ) throws -> JSONValue {
        let next = page.next.map { cursor in
            Data("\(binding),\(cursor.text)".utf8).base64EncodedString().replacing("+", with: "-")
                .replacing("/", with: "_").replacing("=", with: "")
        }
        return [
            "items": .array(try page.items.map(json)), "next": JSONValue(next),
            "matches": ["count": JSONValue(page.matches.count), "exact": .bool(page.matches.exact)],
        ]
    }

    /// A page of what is at hand as a whole, in its own order.
    public func whole(_ items: [JSONValue]) throws -> APIAnswer {
        let order = ListSorting(keys: ["place"], standard: ListSort("place"))
        return try page(try ListPage(of: items, order, try listRequest()) { _, _ in "" }) { $0 }
    }

    /// A mark of what a list was asked for by whom: its cursors hold for nothing else.
    private var binding: String {
        let filters = query.filter { !["limit", "after", "fields", "sort"].contains($0.key) }.map {
            "\($0.key)=\($0.value.sorted().joined(separator: "\u{1}"))"
        }
        let roles = caller.roles.map(\.rawValue)
        let text = ([operation.id] + filters.sorted() + ["\u{2}"] + roles.sorted()).joined(separator: "\u{0}")
        return DigestAlgorithm.sha256.digest(Array(text.utf8)).prefix(6).map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16)
        }.joined()
    }

    private static func standard(_ text: String) -> String {
        let text = text.replacing("-", with: "+").replacing("_", with: "/")
        return text + String(repeating: "=", count: (4 - text.count % 4) % 4)
    }

    /// Leaves of an answer what `fields` names.
    func chosen(_ value: JSONValue) -> JSONValue {
        guard let text = text("fields") else { return value }
        let names = text.split(separator: ",").map(String.init)
        func cut(_ value: JSONValue) -> JSONValue {
            .object((value.object ?? [:]).filter { names.contains($0.key) })
        }
        guard case .list = operation.answer else { return cut(value) }
        var page = value
        page["items"] = .array((value["items"]?.array ?? []).map(cut))
        return page
    }
}
