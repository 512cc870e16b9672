// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Settings

/// What applying a file changes, or would.
public struct ConfigurationResult: Sendable {
    public let changes: [ConfigurationStore.Change]
    /// Orders that are left behind, by consent: held until a person has looked.
    public let stranded: [StrandedOrders]
    /// What is allowed and rarely meant.
    public let warnings: [String]

    public var json: JSONValue {
        .array(
            changes.map { change in
                [
                    "section": .string(change.section), "name": .string(change.name),
                    "change": .string(change.kind.rawValue),
                    "differences": .array(
                        change.differences.map { difference in
                            [
                                "keyPath": .string(difference.keyPath), "old": difference.old ?? .null,
                                "new": difference.new ?? .null,
                            ]
                        }),
                ]
            })
    }
}
