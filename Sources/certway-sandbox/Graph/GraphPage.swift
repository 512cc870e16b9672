// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// The envelope of a list.
enum GraphPage {
    static func json(
        context: String?, value: [JSONValue], nextLink: String? = nil, deltaLink: String? = nil, count: Int? = nil
    ) -> JSONValue {
        var page: [String: JSONValue] = ["value": .array(value)]
        page["@odata.context"] = context.map(JSONValue.string)
        page["@odata.nextLink"] = nextLink.map(JSONValue.string)
        page["@odata.deltaLink"] = deltaLink.map(JSONValue.string)
        page["@odata.count"] = count.map { JSONValue($0) }
        return .object(page)
    }
}
