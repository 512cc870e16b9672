// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// One issuance from intent to device: the row of the ledger, as it was when read.
public struct Order: Sendable, Hashable, Identifiable {
    public internal(set) var id: Int64
    /// Our own unique text, `cw-` and 20 characters; goes to the CA so that the order can be found again.
    public internal(set) var reference: String
    public internal(set) var template: String
    public internal(set) var backendCA: String
    /// Id of the CA product.
    public internal(set) var product: String
    /// Object id of the person or mailbox in Entra ID.
    public internal(set) var subscriberID: String
    public internal(set) var userPrincipalName: String
    /// The names to be certified.
    public internal(set) var names: JSONValue
    /// Everything else that is needed to build the certificate request again.
    public internal(set) var request: JSONValue
    /// The active order that this one is to replace.
    public internal(set) var replaces: Int64?

    /// What it cost when it was planned; nil where nobody had said.
    public internal(set) var price: Money?
    public internal(set) var charged = ChargeRule.issued

    public internal(set) var stage: OrderStage
    /// Submissions so far.
    public internal(set) var attempt: Int
    public internal(set) var submittedAt: Date?
    /// Which CA, environment and account the order was placed at; nil before it left. The same backend CA may be pointed
    /// somewhere else later, where the CA's ids mean other orders.
    public internal(set) var connection: String?
    /// Tells the secrets of the backend CA it left with from others, for absence in another account proves nothing; nil where
    /// there are none, for an order of an older version, and after the CA has refused them itself.
    public internal(set) var secretsMark: String?
    /// What an unclear answer to the submission means once a search has shown that the CA does not have the order: the raw
    /// value of `ConnectorError.Kind`; nil for a lost answer.
    public internal(set) var doubtKind: String?
    /// Why it is not known whether the CA has the order: the CA's words, or what became of the call.
    public internal(set) var doubt: String?
    /// The CA's own reference and further ids.
    public internal(set) var caRequestID: String?
    public internal(set) var caIdentifiers: [String: String]
    /// Who has to act before the CA goes on, the raw value of `PendingOrder.Party`; of an order that has not left
    /// `firstCertificate`, as long as that keeps it.
    public internal(set) var waitingFor: String?
    /// What happened last, in one sentence.
    public internal(set) var detail: String?
    /// Why this order waits for a person; nobody works on it until it is released.
    public internal(set) var holdReason: String?
    /// Somebody asked to cancel it; whoever works on it next does so.
    public internal(set) var cancelRequested: Bool
    /// Kind of the last failure; nil after a success.
    public internal(set) var errorKind: String?
    /// Failures in a row.
    public internal(set) var failures: Int
    /// Not before; nil for at once.
    public internal(set) var nextActionAt: Date?
    public internal(set) var certificateID: Int64?
    /// The open stage it was in when it ended; where a retry goes on.
    public internal(set) var resumeStage: OrderStage?

    public internal(set) var createdAt: Date
    public internal(set) var updatedAt: Date
    /// Events so far; also tells whether two readings are the same.
    public internal(set) var eventCount: Int

    public internal(set) var leaseOwner: String?
    public internal(set) var leaseUntil: Date?
    /// Grows with each claim; a commit with an older number is refused.
    public internal(set) var fence: Int64

    public var isHeld: Bool { holdReason != nil }

    /// Since when it has been under way: since it left, or was planned.
    public var since: Date { submittedAt ?? createdAt }

    /// What `waitingFor` says of an order that leaves once a certificate has shown that the CA is the right one.
    static let firstCertificate = "firstCertificate"

    /// Whether a stop until then would be what keeps it, and nothing else.
    var mayWaitForFirstCertificate: Bool {
        OrderStage.beforeSubmission.contains(stage) && !isHeld && errorKind == nil && !cancelRequested
    }

    /// Whether its key was made by whoever asked for the certificate, and never came here.
    public var hasForeignKey: Bool { request["csr"]?.string != nil }

    /// Why nothing happens to an order that has not left, though nothing is wrong; nil for any other.
    public var waits: String? {
        waitingFor == Self.firstCertificate ? "waits until the first certificate of this CA is accepted" : nil
    }

    /// One sentence for a list: what keeps the order, else what happened last.
    public var standing: String? { holdReason ?? waits ?? detail }

    /// For an order that is surely at no CA: it may be placed wherever its backend CA points now.
    public mutating func forgetConnection() { connection = nil }

    /// When the order may be claimed; nil if not at all. Stored and indexed, so that claiming never searches.
    var dueAt: Date? {
        guard stage.isOpen, !isHeld else { return nil }
        // Whoever touched it last had the better clock: one that was set back must not keep it from being due.
        return leaseUntil ?? nextActionAt ?? min(createdAt, updatedAt)
    }

    /// Unique among all orders: the subscriber and template while open, so that there is one open order for them.
    var openKey: String { stage.isOpen ? Self.openKey(template: template, subscriberID: subscriberID) : reference }

    static func openKey(template: String, subscriberID: String) -> String { "\(template)|\(subscriberID)" }
}
