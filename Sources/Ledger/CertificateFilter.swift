// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Store

/// Which certificates to list; nil is any. Newest first.
public struct CertificateFilter: Sendable {
    public var statuses: Set<CertificateStatus>?
    public var template: String?
    public var backendCA: String?
    public var subscriberID: String?
    /// The beginning of a user principal name, of a certified address, or of a word in them; a serial number or its beginning, or a whole
    /// fingerprint, in hexadecimal with or without colons; a reference, or its beginning; a whole CA request id or subscriber id.
    public var text: String?
    /// Those whose validity ends before this time.
    public var expiringBefore: Date?
    /// Those whose validity ends after this time.
    public var expiringAfter: Date?
    /// Those that are valid from this time on, or later.
    public var issuedAfter: Date?
    /// Those that are valid from before this time.
    public var issuedBefore: Date?
    /// Id of the CA product that was ordered.
    public var product: String?
    /// What rooms above know of certificates: each gives one column of ids by the name `found_id`, and only those are listed that all give.
    public var questions: [(sql: String, parameters: [SQLValue])] = []
    public var limit: Int
    public var offset: Int

    public init(
        statuses: Set<CertificateStatus>? = nil, template: String? = nil, backendCA: String? = nil,
        subscriberID: String? = nil, text: String? = nil, expiringBefore: Date? = nil, limit: Int = 100, offset: Int = 0
    ) {
        self.statuses = statuses
        self.template = template
        self.backendCA = backendCA
        self.subscriberID = subscriberID
        self.text = text
        self.expiringBefore = expiringBefore
        self.limit = limit
        self.offset = offset
    }

    var conditions: SQLConditions {
        var conditions = SQLConditions()
        conditions.add("status", anyOf: statuses)
        conditions.add("template = ?", template)
        conditions.add("backend_ca = ?", backendCA)
        conditions.add("subscriber_id = ?", subscriberID)
        conditions.add("not_after < ?", expiringBefore)
        conditions.add("not_after > ?", expiringAfter)
        conditions.add("not_before >= ?", issuedAfter)
        conditions.add("not_before < ?", issuedBefore)
        conditions.add("order_id IN (SELECT id FROM orders WHERE product = ?)", product)
        for question in questions { conditions.add("id", in: [question]) }
        if let text, !text.isEmpty { conditions.add("id", in: CertificateTable.found(by: text)) }
        return conditions
    }
}
