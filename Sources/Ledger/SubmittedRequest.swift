// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Records
public import Store

/// A request for a server's certificate that a person has handed in: a row of the ledger, as it was when read.
public struct SubmittedRequest: Sendable, Hashable, Identifiable {
    public enum State: String, Sendable, Hashable, CaseIterable, SQLRepresentable {
        /// Waits until somebody agrees.
        case waiting
        /// An order is made of it: how far that is, is the order's matter.
        case ordered
        case denied
        /// Taken back by the one who had asked.
        case withdrawn
    }

    /// How the subscribers of orders that were requested begin: each request is one of its own.
    public static let subscriberPrefix = "request-"

    public internal(set) var id: Int64
    /// `rq-` and 12 characters.
    public internal(set) var reference: String
    public internal(set) var template: String
    /// Who asks: a user principal name, or the name of a token.
    public internal(set) var requester: String
    /// Object id in the tenant; nil without one.
    public internal(set) var requesterID: String?
    public internal(set) var hosts: [String]
    /// Such as `rsa3072`.
    public internal(set) var keyType: String
    /// PKCS #10, DER.
    public internal(set) var csr: [UInt8]
    /// Why, in the words of who asks.
    public internal(set) var reason: String
    public internal(set) var state: State
    /// Who has agreed, said no or taken it back; nil while it waits, and where nobody had to agree.
    public internal(set) var decidedBy: String?
    public internal(set) var decidedAt: Date?
    /// Why, in the words of who has decided; of one that waits, why somebody has to agree though the template does not ask for it.
    public internal(set) var cause: String?
    public internal(set) var orderID: Int64?
    public internal(set) var createdAt: Date

    public var subscriberID: String { Self.subscriberPrefix + reference }

    /// The request behind a subscriber of an order; nil for a person's or a mailbox's.
    public static func reference(of subscriberID: String) -> String? {
        subscriberID.hasPrefix(subscriberPrefix) ? String(subscriberID.dropFirst(subscriberPrefix.count)) : nil
    }

    /// Whether it was this one who asked; the name counts at the command line alone.
    public func isFrom(_ name: String, _ owner: OwnerID?) -> Bool {
        guard requesterID == nil, owner == nil else { return requesterID == owner?.text }
        return requester.lowercased() == name.lowercased()
    }
}
