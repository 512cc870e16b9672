// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments
public import Ledger

extension GatewayNode {
    /// As programs see it.
    public var json: JSONValue {
        [
            "id": .string(id), "host": .string(host), "atWork": .bool(isAtWork), "planning": .bool(isPlanning),
            "orders": JSONValue(orders), "startedAt": .string(startedAt.ISO8601Format()),
            "seenAt": .string(seenAt.ISO8601Format()),
        ]
    }
}
