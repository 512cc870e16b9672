// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
import Store

/// Which rows of publication a list shows.
public struct PublicationFilter: Sendable {
    /// Name of a directory.
    public var place: String?
    public var states: Set<PublicationRecord.State>?
    /// Beginning of a user principal name, or a person's object id.
    public var person: String?
    public var certificateID: Int64?

    public init() {}

    var conditions: SQLConditions {
        var conditions = SQLConditions()
        conditions.add("place = ?", place)
        conditions.add("certificate_id = ?", certificateID)
        conditions.add("state", anyOf: states.map { Set($0.map(\.rawValue)) })
        if let person {
            let name = SQLConditions.beginning("search_name", with: person.folded)
            conditions.add("(subscriber_id = ? OR (\(name.condition)))", all: [.text(person)] + name.parameters)
        }
        return conditions
    }
}
