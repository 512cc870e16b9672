// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// Which requests to list; nil is any.
public struct RequestFilter: Sendable {
    public var states: Set<SubmittedRequest.State>?
    public var template: String?
    /// Whose: the name of who asked, and the `OwnerID` where there is one; the name counts where there is none.
    public var requester: (name: String, id: String?)?

    public init(
        states: Set<SubmittedRequest.State>? = nil, template: String? = nil,
        requester: (name: String, id: String?)? = nil
    ) {
        (self.states, self.template, self.requester) = (states, template, requester)
    }

    var conditions: SQLConditions {
        var conditions = SQLConditions()
        conditions.add("state", anyOf: states)
        conditions.add("template = ?", template)
        if let id = requester?.id {
            conditions.add("requester_id = ?", id)
        } else if let requester {
            conditions.add("requester_id IS NULL AND requester_name = ?", requester.name.folded)
        }
        return conditions
    }
}
