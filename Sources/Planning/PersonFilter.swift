// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// Which people are meant; nil is any.
public struct PersonFilter: Sendable {
    public var template: String?
    public var status: PersonStatus?
    public var concern: CertificateConcern?
    /// Only who has a certificate in use, and an order beside it that stands so.
    public var replacement: Replacement?
    public var subscriberID: String?
    /// Any of these, a few hundred at most.
    public var subscriberIDs: [String]?
    public var limit: Int

    public init(
        template: String? = nil, status: PersonStatus? = nil, concern: CertificateConcern? = nil,
        replacement: Replacement? = nil, subscriberID: String? = nil, subscriberIDs: [String]? = nil, limit: Int = 50
    ) {
        self.template = template
        self.status = status
        self.concern = concern
        self.replacement = replacement
        self.subscriberID = subscriberID
        self.subscriberIDs = subscriberIDs
        self.limit = limit
    }

    var conditions: SQLConditions {
        var conditions = SQLConditions()
        conditions.add("template = ?", template)
        conditions.add("status = ?", status?.rawValue)
        conditions.add("concern = ?", concern?.rawValue)
        conditions.add("replacement = ?", replacement?.rawValue)
        conditions.add("subscriber_id = ?", subscriberID)
        conditions.add("subscriber_id", anyOf: subscriberIDs.map { Set($0) })
        return conditions
    }
}
