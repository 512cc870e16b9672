// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// Which actions to list; nil is any. Newest first.
public struct CertificateActionFilter: Sendable {
    public var kinds: Set<CertificateAction.Kind>?
    public var states: Set<CertificateAction.State>?
    public var certificateID: Int64?
    public var orderID: Int64?
    public var backendCA: String?
    /// Those that a person has to do.
    public var held: Bool?
    /// Taken by the CA, and seen in its list or not.
    public var seen: Bool?

    public init(
        kinds: Set<CertificateAction.Kind>? = nil, states: Set<CertificateAction.State>? = nil,
        certificateID: Int64? = nil, orderID: Int64? = nil, backendCA: String? = nil, held: Bool? = nil,
        seen: Bool? = nil
    ) {
        self.kinds = kinds
        self.states = states
        self.certificateID = certificateID
        self.orderID = orderID
        self.backendCA = backendCA
        self.held = held
        self.seen = seen
    }

    var conditions: SQLConditions {
        var conditions = SQLConditions()
        conditions.add("kind", anyOf: kinds)
        conditions.add("state", anyOf: states)
        conditions.add("certificate_id = ?", certificateID)
        conditions.add("order_id = ?", orderID)
        conditions.add("backend_ca = ?", backendCA)
        conditions.add("held = ?", held)
        if let seen {
            conditions.add("taken_at IS NOT NULL AND seen_at IS \(seen ? "NOT NULL" : "NULL")", all: [])
        }
        return conditions
    }
}
