// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What an operation answers when all is well.
public enum APIResult: Sendable {
    case json(APISchema)
    /// 201 with the address of what was made.
    case created(APISchema)
    /// A page of a list.
    ///
    /// - Parameter sorts: the keys it can be had in, by the names of the API, and what the list calls them; empty for a list that
    ///   has one order.
    case list(of: APISchema, sorts: [(name: String, key: String)] = [])
    /// 202: it goes on, and `/operations/{id}` tells how far it is.
    case operation
    /// 204.
    case nothing
    /// Something else than JSON.
    case bytes(type: String)
    /// A file of one of these types, of any length.
    case file(types: [String])
    /// Events without an end.
    case events

    var schema: APISchema? {
        switch self {
        case .json(let schema), .created(let schema): schema
        case .list(let item, _): APISchema.page(of: item)
        case .operation: APISchema.operation
        case .nothing, .bytes, .file, .events: nil
        }
    }

    var status: Int {
        switch self {
        case .json, .list, .bytes, .file, .events: 200
        case .created: 201
        case .operation: 202
        case .nothing: 204
        }
    }
}

extension APISchema {
    static func page(of item: APISchema) -> APISchema {
        .answer(
            APIField("items", .list(item)),
            APIField("next", .nullable(.string), "what goes on behind this page, for `after`; null on the last one"),
            APIField(
                "matches",
                .answer(
                    APIField("count", .count),
                    APIField("exact", .boolean, "false when counting has stopped: there are more than that"))))
    }

    /// Work that goes on behind an answer.
    public static let operation = APISchema.named(
        "Operation",
        .answer(
            APIField("id", .string), APIField("state", .word(["running", "done", "failed", "cancelled"])),
            APIField("done", .count, "parts that are done"), APIField("of", .count, "parts there are"),
            APIField("problem", .nullable(APIProblem.schema)),
            APIField("result", .any, "what the work has found or made; null before"),
            APIField("createdAt", .time), APIField("updatedAt", .time)))
}
