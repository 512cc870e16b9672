// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
public import Ledger
import Store

/// One key that somebody wants back, from the question to the file (docs/decisions/0051).
public struct Recovery: Sendable, Hashable {
    /// How far it is. Each is a word of the database.
    public enum State: String, Sendable, CaseIterable, SQLRepresentable {
        /// For a second person.
        case waiting
        /// The key may be fetched, once.
        case approved
        case denied
        case lapsed
        case fetched
    }

    /// By what right.
    public enum Kind: String, Sendable, CaseIterable, SQLRepresentable {
        /// A key recovery agent, with a purpose.
        case agent
        /// The one whose key it is.
        case owner
    }

    public let id: Int64
    public let kind: Kind
    public let certificateID: Int64
    public let orderID: Int64
    public let serialNumber: String
    /// User principal name of the owner.
    public let subscriber: String
    /// Object id of the owner.
    public let subscriberID: String
    public let requester: RecoveryPerson
    public let purpose: String
    /// People it takes, the one who asks included.
    public let approvals: Int
    public internal(set) var state: State
    public let createdAt: Date
    public let lapsesAt: Date
    public internal(set) var decider: RecoveryPerson?
    public internal(set) var decidedAt: Date?
    /// Why, in the words of who decided.
    public internal(set) var cause: String?
    public internal(set) var fetchedAt: Date?
    /// Subject of the certificate of the agent whose key opened it.
    public internal(set) var agent: String?
    public internal(set) var agentFingerprint: String?
    /// The package with the password.
    public internal(set) var passwordPackage: Int64?

    /// How many have agreed, the one who asks included.
    public var agreed: Int { state == .waiting || state == .denied ? 1 : decider == nil ? 1 : 2 }

    /// Whether as many have agreed as a recovery takes now, whatever it took when it was asked for. Nobody has to agree to an owner's own.
    ///
    /// - Throws: `LedgerError.notPossible`.
    public func requireAgreed(_ approvals: Int) throws(LedgerError) {
        guard kind == .owner || agreed >= approvals else {
            throw .notPossible(
                "recovery R-\(id) has the consent of \(agreed), and by now it takes \(approvals) (recovery.approvals): ask for another one"
            )
        }
    }

    /// As it is at a time: one that has lapsed and was not written yet has lapsed nevertheless.
    public func state(at date: Date) -> State {
        (state == .waiting || state == .approved) && date >= lapsesAt ? .lapsed : state
    }

    /// Who gets the password of the file: whoever has agreed, so that nobody has both; else the one who asks.
    public var passwordRecipient: RecoveryPerson { decider ?? requester }

    /// As programs see it.
    public func json(at date: Date) -> JSONValue {
        [
            "id": .string("R-\(id)"), "number": JSONValue(Int(id)), "kind": .string(kind.rawValue),
            "state": .string(state(at: date).rawValue), "certificate": JSONValue(Int(certificateID)),
            "serialNumber": .string(serialNumber), "userPrincipalName": .string(subscriber),
            "requestedBy": .string(requester.name), "purpose": .string(purpose),
            "approvals": ["of": JSONValue(approvals), "given": JSONValue(agreed)],
            "createdAt": .string(createdAt.ISO8601Format()), "lapsesAt": .string(lapsesAt.ISO8601Format()),
            "decision": decider.map { decider in
                [
                    "by": .string(decider.name), "at": JSONValue(decidedAt?.ISO8601Format()),
                    "because": .string(cause ?? ""),
                ]
            } ?? .null,
            "fetchedAt": JSONValue(fetchedAt?.ISO8601Format()), "agent": JSONValue(agent),
            "agentFingerprint": JSONValue(agentFingerprint), "passwordFor": .string(passwordRecipient.name),
        ]
    }
}
