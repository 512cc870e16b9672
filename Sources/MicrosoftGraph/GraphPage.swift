// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// One page of a listing or of a delta round. It may be empty and still have a successor.
public struct GraphPage: Sendable {
    public let items: [JSONValue]
    /// Ends a delta round; nil on all pages but the last.
    public let deltaLink: String?
    let nextLink: String?

    /// - Throws: `GraphError` of kind `transient` when the answer is not a collection: a proxy may have cut it.
    init(_ body: JSONValue, of request: GraphRequest) throws {
        guard let items = body["value"]?.array else {
            throw GraphError(.transient, "\(request.name) answered 200 without a list named value", status: 200)
        }
        guard items.allSatisfy({ $0["id"]?.string?.isEmpty == false }) else {
            throw GraphError(.transient, "\(request.name) answered 200 with a list of things without id", status: 200)
        }
        self.items = items
        deltaLink = body["@odata.deltaLink"]?.string
        nextLink = body["@odata.nextLink"]?.string
    }
}
