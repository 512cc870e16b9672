// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
import Ledger
public import Records
import Store

/// Work that goes on behind an answer of the API.
public struct LongOperation: Sendable {
    public enum State: String, Sendable, CaseIterable {
        case running, done, failed, cancelled
    }

    /// Random.
    public let id: String
    /// What it does, such as `conformanceRun`.
    public let kind: String
    /// Who began it.
    public let actor: String
    /// Whose it is; nil where it was begun at the command line, or before ids were written.
    public let owner: OwnerID?
    public let state: State
    /// Parts that are done, of how many.
    public let done: Int
    public let of: Int
    /// Why it has failed, as a problem document.
    public let problem: JSONValue?
    public let result: JSONValue?
    public let createdAt: Date
    public let updatedAt: Date
    /// Whether somebody wants it to end.
    public let isCancelRequested: Bool

    /// Whether it is theirs; the name counts where nobody has an id.
    public func isFrom(_ name: String, _ owner: OwnerID?) -> Bool {
        self.owner == owner && (owner != nil || actor == name)
    }

    public var json: JSONValue {
        [
            "id": .string(id), "kind": .string(kind), "by": .string(actor), "state": .string(state.rawValue),
            "done": JSONValue(done), "of": JSONValue(of), "problem": problem ?? .null, "result": result ?? .null,
            "createdAt": .string(createdAt.ISO8601Format()), "updatedAt": .string(updatedAt.ISO8601Format()),
        ]
    }
}
