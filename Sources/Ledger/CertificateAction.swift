// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Foundation
public import Store

/// What is to be done to one certificate after it was issued, or has been done: a row of the ledger, as it was when read.
public struct CertificateAction: Sendable, Hashable, Identifiable {
    public enum Kind: String, Sendable, Hashable, CaseIterable, SQLRepresentable {
        /// The CA declares it void.
        case revoke
        /// Its imported PFX goes from Intune; the CA is not told.
        case withdraw
    }

    /// How far it is.
    public enum State: String, Sendable, Hashable, CaseIterable, SQLRepresentable {
        /// On record, and nothing has left yet: the only state in which it can be undone.
        case asked
        /// A request has left, or was about to. The CA may have executed it: it is repeated until the CA says so.
        case doing
        /// The CA, or Intune, has taken it.
        case done
        /// Refused for good; a person may ask again.
        case failed
        /// Taken back by a person before anything left.
        case undone

        /// Whether work remains.
        public var isOpen: Bool { self == .asked || self == .doing }
        /// Whether there is nothing more to ask for: it is under way, or has happened.
        public var stands: Bool { isOpen || self == .done }
        /// Those states, for a question of the database.
        public static let standing = SQLValueList(allCases.filter(\.stands).map(\.rawValue))
    }

    public internal(set) var id: Int64
    public internal(set) var kind: Kind
    public internal(set) var certificateID: Int64
    public internal(set) var orderID: Int64
    public internal(set) var backendCA: String
    /// Of a revocation.
    public internal(set) var reason: RevocationReason?
    /// Why, in one sentence for people.
    public internal(set) var cause: String
    /// Who asked: a person, or the part of the gateway.
    public internal(set) var actor: String
    public internal(set) var askedAt: Date
    /// Nothing leaves before this time; nil for at once.
    public internal(set) var notBefore: Date?
    /// Whether another certificate is to take the place of this one.
    public internal(set) var isOrderedAgain = false

    public internal(set) var state: State
    /// Requests that have left, or were about to.
    public internal(set) var attempts: Int
    /// Failures in a row.
    public internal(set) var failures: Int
    /// Kind of the last failure; nil after a success.
    public internal(set) var errorKind: String?
    /// When somebody works on it next; nil for `notBefore`, and for never once it is done.
    public internal(set) var nextActionAt: Date?
    /// Why a person has to do it, and what; the gateway only looks whether it has happened.
    public internal(set) var holdReason: String?
    /// What happened last, in one sentence.
    public internal(set) var detail: String?
    /// When the CA, or Intune, had taken it.
    public internal(set) var takenAt: Date?
    /// When it was first seen in the CA's list or its responder's answer.
    public internal(set) var seenAt: Date?
    /// Where it was seen.
    public internal(set) var seenIn: String?
    /// Looks at list and responder so far.
    public internal(set) var looks: Int
    public internal(set) var updatedAt: Date

    public internal(set) var leaseOwner: String?
    public internal(set) var leaseUntil: Date?
    /// Grows with each claim and each change by a person; a commit with an older number is refused.
    public internal(set) var fence: Int64

    public var isHeld: Bool { holdReason != nil }

    /// When somebody is to work on it next, whoever has it in hand now; nil for never.
    public var workAt: Date? {
        switch state {
        case .asked, .doing: isHeld ? nextActionAt : nextActionAt ?? notBefore ?? min(askedAt, updatedAt)
        case .done: nextActionAt
        case .failed, .undone: nil
        }
    }

    /// When it may be claimed; nil if not at all.
    var dueAt: Date? { workAt.map { leaseUntil ?? $0 } }

    /// Who works on it: the lane of the CA, or that of Intune.
    var lane: String { Self.lane(kind, backendCA) }

    static func lane(_ kind: Kind, _ backendCA: String) -> String {
        switch kind {
        case .revoke: "ca:\(backendCA)"
        case .withdraw: "intune"
        }
    }

    /// Unique among all actions: one of a kind for each certificate that is under way or has happened.
    var openKey: String { state.stands ? Self.openKey(kind, certificateID) : "#\(id)" }

    static func openKey(_ kind: Kind, _ certificateID: Int64) -> String { "\(kind.rawValue)|\(certificateID)" }
}

extension CertificateAction.Kind {
    /// As sentences and the kinds of events have it.
    public var noun: String {
        switch self {
        case .revoke: "revocation"
        case .withdraw: "withdrawal"
        }
    }
}
