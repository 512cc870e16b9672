// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments

/// One request on its way to a handler, with what its route found in the path.
struct Call: Sendable {
    let request: ServerRequest
    /// Values of the `{name}` segments, decoded.
    let parameters: [String: String]
    /// How the page that is asked for shall mislead; only routes that are `listing` heed it.
    var pageTrouble: PageTrouble?

    /// The segment of the route's pattern; the route has it, so a missing one is a mistake in the sandbox.
    subscript(_ name: String) -> String { parameters[name] ?? "" }

    /// The body as JSON; nil when it is none.
    var json: JSONValue? { try? JSONValue(parsing: request.body) }

    /// Whether the request says that its body is of that type, whatever parameters follow.
    func isOfType(_ type: String) -> Bool {
        let said = request.header("Content-Type")?.split(separator: ";").first
        return said.map { $0.lowercased().filter { $0 != " " } } == type
    }
}
