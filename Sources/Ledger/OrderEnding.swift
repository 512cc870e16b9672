// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// How an order ended that gave no certificate, for the question whether another one may follow.
public struct OrderEnding: Sendable, Hashable {
    /// Who ended it.
    public enum Cause: String, Sendable, Hashable {
        /// The gateway itself, before anything had left: the directory or the template had changed.
        case withdrawn
        /// A person here or at the CA.
        case cancelled
        /// The CA.
        case rejected
        /// The gateway gave up.
        case failed
    }

    /// Kind of the event that marks an order as withdrawn by the gateway.
    public static let withdrawnEvent = "withdrawn"

    public let cause: Cause
    /// One sentence; may quote the CA.
    public let reason: String
    public let at: Date
    /// What had been asked for.
    public let names: JSONValue
    public let request: JSONValue
    /// Orders in a row that asked for the same and were rejected or failed, this one the last of them; at least 1.
    public let attempts: Int
}
