// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
public import Store

/// The right to do for a while what one node at a time does, such as deciding on orders.
public struct NodeLease: Sendable, Hashable {
    public let name: String
    public let owner: String
    /// Grows whenever the right goes to another node.
    public let fence: Int64
    /// Until when nobody else can have it, by the machine's uptime.
    public let heldUntil: Duration

    /// Makes sure, inside a write, that the right is still this node's: nobody else gets it before the transaction ends.
    ///
    /// - Throws: `LedgerError.notInCharge`.
    public func require(on connection: any SQLConnection) throws {
        let content = try Content(name, on: connection, lock: connection.dialect.rowLock)
        guard let content, content.owner == owner, content.fence == fence else { throw LedgerError.notInCharge }
    }
}

extension NodeLease {
    /// The lease as it lies in the database.
    struct Content {
        var owner: String
        var fence: Int64
        var until: Date

        init(owner: String, fence: Int64, until: Date) {
            (self.owner, self.fence, self.until) = (owner, fence, until)
        }

        /// - Returns: nil when nobody has, or has had, the right.
        init?(_ name: String, on connection: any SQLConnection, lock: SQLRowLock = .none) throws {
            guard let known = try OrderLedger.state(Self.state(name), on: connection, lock: lock),
                let owner = known["owner"]?.string, let fence = known["fence"]?.int,
                let until = known["until"]?.number
            else { return nil }
            self.init(owner: owner, fence: Int64(fence), until: Date(timeIntervalSince1970: until))
        }

        func put(_ name: String, on connection: any SQLConnection) throws {
            try OrderLedger.setState(
                Self.state(name),
                [
                    "owner": .string(owner), "fence": .number(Double(fence)),
                    "until": .number(until.timeIntervalSince1970),
                ], on: connection)
        }

        private static func state(_ name: String) -> String { "lease.\(name)" }
    }
}
