// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
import Ledger

/// A notice as it lies in the outbox.
public struct Notice: Sendable {
    public let id: String
    public let event: NoticeEvent
    /// The thing that it tells of.
    public let about: String
    public let recipient: NoticeRecipient
    public let state: NoticeState
    /// By placeholder; secrets are not among them.
    public let values: [String: String]
    let sealed: [UInt8]?
    public let postedAt: Date
    public let changedAt: Date
    /// When it is worked on next; nil for never.
    public let dueAt: Date?
    /// How often it was tried.
    public let attempts: Int
    let fence: Int64
    /// Where it went, or was to go.
    public let address: String?
    /// What happened last, in one sentence.
    public let detail: String?
    /// When it was tried first; nil for not yet.
    let triedAt: Date?

    /// - Throws: `LedgerError.notPossible` for one that is sent, or still to be sent, by itself.
    public func requireSendable() throws {
        guard !event.carriesKey else {
            throw LedgerError.notPossible(
                "notice \(id) carried a key or its password, which are erased: hand the certificate over anew")
        }
        guard [.unknown, .failed].contains(state) else {
            throw LedgerError.notPossible(
                "notice \(id) is \(state.rawValue): only one that has failed or is unknown is sent again")
        }
    }

    public var json: JSONValue {
        [
            "id": .string(id), "event": .string(event.rawValue), "about": .string(about),
            "recipient": .string(recipient.key), "state": .string(state.rawValue),
            "postedAt": .string(postedAt.ISO8601Format()), "changedAt": .string(changedAt.ISO8601Format()),
            "dueAt": JSONValue(dueAt?.ISO8601Format()), "attempts": JSONValue(attempts), "address": JSONValue(address),
            "detail": JSONValue(detail),
        ]
    }
}
