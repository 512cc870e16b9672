// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments

extension PublicationRecord {
    public var json: JSONValue {
        [
            "certificate": JSONValue(Int(certificateID)), "serialNumber": .string(serialNumber),
            "userPrincipalName": .string(userPrincipalName), "template": .string(template),
            "directory": .string(place), "state": .string(state.rawValue), "wanted": .bool(isWanted),
            "actual": .string(actual.rawValue), "verified": .bool(isSettled && checkedAt != nil && problem == nil),
            "since": .string(since.ISO8601Format()), "checkedAt": JSONValue(checkedAt?.ISO8601Format()),
            "nextActionAt": JSONValue(nextActionAt?.ISO8601Format()), "problemKind": JSONValue(errorKind),
            "problem": JSONValue(problem),
        ]
    }
}

extension PublicationKeeper.Difference {
    public var json: JSONValue {
        [
            "directory": .string(place), "userPrincipalName": .string(userPrincipalName),
            "adds": JSONValue(adds), "removes": JSONValue(removes), "problem": JSONValue(problem),
            "lastFailure": JSONValue(lastFailure),
        ]
    }
}
