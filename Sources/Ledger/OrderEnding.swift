// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// How an order ended that gave no certificate for use, for the question whether another one may follow.
public struct OrderEnding: Sendable, Hashable {
    /// Who ended it.
    public enum Cause: String, Sendable, Hashable {
        /// The gateway itself: the directory or the template had changed.
        case withdrawn
        /// A person here.
        case cancelled
        /// Somebody at the CA, or the time that the CA or the template gives people to confirm.
        case lapsed
        /// The CA.
        case rejected
        /// The gateway gave up.
        case failed
        /// Whoever has revoked the certificate before it came into use: wrong as it was, it says nothing about the person.
        case unused = "revoked before it came into use"
    }

    /// Kind of the event that marks an order as withdrawn by the gateway.
    public static let withdrawnEvent = "withdrawn"

    /// Kind of the event by which the gateway asks for the end of an order that has waited too long.
    public static let lapsedEvent = "lapsed"

    public let cause: Cause
    /// One sentence; may quote the CA.
    public let reason: String
    public let at: Date
    /// What had been asked for.
    public let names: JSONValue
    public let request: JSONValue
    /// Orders in a row that asked for the same and were rejected or failed, that lapsed, or were of no use, this one the last of them; at least 1.
    public let attempts: Int
}
