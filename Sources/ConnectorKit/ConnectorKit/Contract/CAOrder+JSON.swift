// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

extension CAOrder {
    /// What jq programs of a profile see as `.order` and `.predecessor`, and external programs likewise.
    public var json: JSONValue {
        ["caRequestID": .string(caRequestID), "identifiers": .object(identifiers.mapValues(JSONValue.string))]
    }
}
