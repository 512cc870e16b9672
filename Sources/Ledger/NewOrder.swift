// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
public import Records

/// The intent to have one certificate.
public struct NewOrder: Sendable {
    /// At most 100 characters, as all names of templates and backend CAs.
    public var template: String
    public var backendCA: String
    public var product: String
    /// Object id in Entra ID, at most 64 characters.
    public var subscriberID: String
    public var userPrincipalName: String
    public var names: JSONValue
    public var request: JSONValue
    /// The active order that the new one is to replace; nil if there must be none. Planning compares it with the truth, so
    /// a plan made on an old reading cannot buy a second certificate.
    public var replaces: Int64?
    /// Id of the newest order of subscriber and template that the planner knew, 0 for none; compared with the truth as
    /// `replaces` is. Nil is not compared.
    public var newestKnown: Int64?
    /// Not before; nil for at once.
    public var nextActionAt: Date?
    /// What it costs; nil where nobody has said.
    public var price: Money?
    public var charged = ChargeRule.issued
    /// Why, for the first event.
    public var reason: String
    /// Who has decided it, for the audit trail.
    public var actor = AuditActor.planner
    /// What it is, for the audit trail; nil for a first order, or a replacement where it replaces one.
    public var decision: AuditAction?

    public init(
        template: String, backendCA: String, product: String, subscriberID: String, userPrincipalName: String,
        names: JSONValue, request: JSONValue, replaces: Int64? = nil, newestKnown: Int64? = nil,
        nextActionAt: Date? = nil,
        reason: String = "planned"
    ) {
        self.template = template
        self.backendCA = backendCA
        self.product = product
        self.subscriberID = subscriberID
        self.userPrincipalName = userPrincipalName
        self.names = names
        self.request = request
        self.replaces = replaces
        self.newestKnown = newestKnown
        self.nextActionAt = nextActionAt
        self.reason = reason
    }
}
