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

    /// What differs in a part, member by member: that one was empty and is not any more is no difference beside its members.
    public static func differences(of change: ConfigurationStore.Change) -> [ConfigurationStore.Change.Difference] {
        change.differences.filter { !$0.keyPath.isEmpty || change.differences.count == 1 }
    }

    /// Members that were there and that the file leaves out, as key paths.
    public var leftOut: [String] {
        changes.filter { $0.kind == .changed }.flatMap { change in
            Self.differences(of: change).filter { $0.new == nil && !$0.keyPath.isEmpty }.map { difference in
                "\(change.section)\(change.name == ConfigurationStore.single ? "" : " \(change.name)").\(difference.keyPath)"
            }
        }
    }

    public var json: JSONValue {
        .array(
            changes.map { change in
                [
                    "section": .string(change.section), "name": .string(change.name),
                    "change": .string(change.kind.rawValue),
                    "differences": .array(
                        Self.differences(of: change).map { difference in
                            [
                                "keyPath": .string(difference.keyPath), "old": difference.old ?? .null,
                                "new": difference.new ?? .null,
                            ]
                        }),
                ]
            })
    }
}
