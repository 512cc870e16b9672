// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import HTTPTransport
internal import JSONDocuments

extension OperationEngine {
    func products() async throws -> [CAProduct] {
        try await run("listProducts", context())["list"].array?.compactMap { item in
            item["id"]?.identifier.map { id in
                CAProduct(
                    id: id, title: item["title"]?.string ?? id,
                    details: (item["details"]?.object ?? [:]).compactMapValues(\.identifier))
            }
        } ?? []
    }

    func inventory(from cursor: String?) async throws -> InventoryPage {
        var context = context()
        let link = try cursor.flatMap { try Self.link(of: $0, client.builder) }
        context.extras["cursor"] = JSONValue(link == nil ? cursor : nil)
        let values = try await run("inventory", context, link: link)
        let next = try await next(values, "inventory", context, link: link)
        return InventoryPage(
            entries: (values["entries"].array ?? []).compactMap(Self.entry),
            next: next.flatMap { $0.link.map { Self.linkMark + $0 } ?? $0.cursor.identifier })
    }

    /// Where the next page is; nil on the last one.
    func next(
        _ values: OutcomeValues, _ name: String, _ context: OperationContext, link: String?
    ) async throws -> (cursor: JSONValue, link: String?)? {
        if let address = values["nextLink"].string {
            let operation = try operation(name)
            let context = try await ready(operation, context)
            do {
                let place =
                    if let link { link } else {
                        try await LongEvaluation.run { try client.request(operation, context) }.url
                    }
                return (.null, try client.builder.follow(address, from: place))
            } catch {
                throw ConnectorError(
                    .configuration, "\(values.rule.path(of: "nextLink")): the CA's list cannot be followed: \(error)")
            }
        }
        if let cursor = values["next"].identifier { return (.string(cursor), nil) }
        // Only null ends a list: a place that cannot be told must not make the rest of it absent.
        guard values["next"].isNull, values["nextLink"].isNull else {
            let path = values.rule.path(of: values["next"].isNull ? "nextLink" : "next")
            throw UnreadAnswer.error("\(path): it does not tell where its list goes on", isCreating: false)
        }
        return nil
    }

    /// A cursor that is an address begins with this mark, so that it is checked again when it comes back.
    private static let linkMark = "link "

    private static func link(of cursor: String, _ builder: RequestBuilder) throws -> String? {
        guard cursor.hasPrefix(linkMark) else { return nil }
        do {
            return try builder.follow(String(cursor.dropFirst(linkMark.count)), from: builder.endpoint.description)
        } catch {
            throw ConnectorError(.configuration, "the cursor does not belong to this CA: \(error)")
        }
    }

    private static func entry(_ value: JSONValue) -> InventoryEntry? {
        order(value).map { order in
            InventoryEntry(
                order: order, status: value["status"]?.identifier ?? "", product: value["product"]?.identifier,
                commonName: value["commonName"]?.string, serialNumber: value["serialNumber"]?.string?.uppercased(),
                validTill: value["validTill"]?.string)
        }
    }
}
