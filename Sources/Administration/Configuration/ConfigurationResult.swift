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
    public static func differences(of change: ConfigurationStore.Change) -> [ConfigurationStore.Difference] {
        change.differences.filter { !$0.keyPath.isEmpty || change.differences.count == 1 }
    }

    /// Members that were there and that the file leaves out, as key paths.
    public var leftOut: [String] {
        var paths: [String] = []
        for change in changes where change.kind == .changed {
            let part =
                change.name == ConfigurationStore.single ? change.section : "\(change.section) \(change.name)"
            for difference in Self.differences(of: change) where difference.new == nil {
                if !difference.keyPath.isEmpty { paths.append("\(part).\(difference.keyPath)") }
            }
        }
        return paths
    }

    public var json: JSONValue { .array(changes.map(Self.json)) }

    private static func json(_ change: ConfigurationStore.Change) -> JSONValue {
        let differences = differences(of: change).map { difference -> JSONValue in
            [
                "keyPath": .string(difference.keyPath), "old": difference.old ?? .null,
                "new": difference.new ?? .null,
            ]
        }
        return [
            "section": .string(change.section), "name": .string(change.name),
            "change": .string(change.kind.rawValue), "differences": .array(differences),
        ]
    }
}
