// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Ledger

extension Order {
    /// As programs see it.
    public var json: JSONValue {
        [
            "id": JSONValue(Int(id)), "reference": .string(reference), "template": .string(template),
            "backendCA": .string(backendCA), "connection": JSONValue(connection), "product": .string(product),
            "subscriberID": .string(subscriberID),
            "userPrincipalName": .string(userPrincipalName), "names": names, "stage": .string(stage.rawValue),
            "price": price?.json ?? .null,
            "attempt": JSONValue(attempt), "caRequestID": JSONValue(caRequestID), "waitingFor": JSONValue(waitingFor),
            "detail": JSONValue(detail), "holdReason": JSONValue(holdReason), "failures": JSONValue(failures),
            "nextActionAt": JSONValue(nextActionAt?.ISO8601Format()), "createdAt": .string(createdAt.ISO8601Format()),
            "updatedAt": .string(updatedAt.ISO8601Format()), "since": .string(since.ISO8601Format()),
        ]
    }
}

extension OrderEvent {
    /// As programs see it.
    public var json: JSONValue {
        [
            "at": .string(at.ISO8601Format()), "stage": .string(stage.rawValue), "kind": .string(kind),
            "message": .string(message), "data": data, "node": JSONValue(node),
            "fence": fence.map { JSONValue(Int($0)) } ?? .null,
        ]
    }
}
