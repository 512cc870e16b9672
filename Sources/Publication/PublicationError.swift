// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ExchangeOnline
public import MicrosoftGraph

/// Why a directory is not as it is wanted, named after who must act. The message is one line, safe to store and to show.
public struct PublicationError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        /// Nobody: the directory cannot be reached, or is busy.
        case transient
        /// Operator: credentials or a setting.
        case configuration
        /// Operator: the person's entry is mastered in another directory, and can only be written there.
        case elsewhere
        /// Operator: the gateway's account may not do it.
        case permission
        /// Operator: the person has no entry there, or several.
        case noEntry
        /// Operator: the directory refuses the value.
        case refused
        /// Operator: it was written, and what can be read again is something else.
        case unverified
    }

    public let kind: Kind
    public let message: String
    /// When to try again, if the service said so.
    public let retryAfter: Duration?

    public init(_ kind: Kind, _ message: String, retryAfter: Duration? = nil) {
        (self.kind, self.message, self.retryAfter) = (kind, message, retryAfter)
    }

    public init(_ error: GraphError) {
        let kind: Kind =
            switch error.kind {
            case .transient, .throttled, .outcomeUnknown, .conflict, .restart: .transient
            case .authentication, .permission: .permission
            case .configuration where error.code == ExchangeAnswer.synchronisedObject: .elsewhere
            case .configuration, .endless: .configuration
            case .notFound: .noEntry
            case .refused: .refused
            }
        self.init(kind, error.message, retryAfter: error.retryAfter)
    }

    public var description: String { "\(kind.rawValue): \(message)" }
}
