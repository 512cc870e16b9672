// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A failure of a Microsoft service, named after who must act. The message is one line, safe to store and to show.
public struct GraphError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        /// Nobody: it goes away by itself; all quick retries are used up.
        case transient
        /// Nobody: the service asks us to slow down; see `retryAfter`.
        case throttled
        /// Operator: the application's credential is not accepted.
        case authentication
        /// Operator: the application lacks a permission or consent.
        case permission
        /// Operator: a setting is wrong: tenant, group, cloud, licence.
        case configuration
        /// The object does not exist; what that means only the caller knows.
        case notFound
        /// The object exists already or was changed meanwhile; read it again.
        case conflict
        /// Requester: the service refuses this request as it is.
        case refused
        /// Caller: a page or delta token is no longer valid; drop the partial result and begin again.
        case restart
        /// Operator, if it comes again: the pages of a reading never end. What came before is not the whole.
        case endless
        /// Caller: the request may have been executed; read before repeating.
        case outcomeUnknown
    }

    public let kind: Kind
    public let message: String
    /// HTTP status, nil when no complete answer came.
    public let status: Int?
    /// The service's own word, such as `Authorization_RequestDenied` or `AADSTS7000222`.
    public let code: String?
    /// When to try again, if the service said so.
    public let retryAfter: Duration?
    /// Whether the service may have executed the request though it failed for us.
    let mayHaveExecuted: Bool

    public init(
        _ kind: Kind, _ message: String, status: Int? = nil, code: String? = nil, retryAfter: Duration? = nil
    ) {
        self.init(kind, message, status: status, code: code, retryAfter: retryAfter, mayHaveExecuted: false)
    }

    init(
        _ kind: Kind, _ message: String, status: Int? = nil, code: String? = nil, retryAfter: Duration? = nil,
        mayHaveExecuted: Bool
    ) {
        self.kind = kind
        self.message = message
        self.status = status
        self.code = code
        self.retryAfter = retryAfter
        self.mayHaveExecuted = mayHaveExecuted
    }

    /// The same with what must be granted, as far as it is known: a refusal of the service does not say it.
    ///
    /// - Parameters:
    ///   - needed: what the request needs.
    ///   - missing: what the token lacks of it; nil when that is not known.
    public func naming(_ needed: [GraphPermission], missing: [GraphPermission]?) -> GraphError {
        let names = (missing ?? needed).map(\.name).joined(separator: ", ")
        let sentence =
            names.isEmpty
            ? "the token carries \(needed.map(\.name).joined(separator: ", ")), so look at roles and licences of the service"
            : missing == nil ? "it needs \(names)" : "the application lacks \(names)"
        return GraphError(
            kind, "\(message); \(sentence)", status: status, code: code, retryAfter: retryAfter,
            mayHaveExecuted: mayHaveExecuted)
    }

    /// The same failure, seen from somebody to whom it means something else.
    public func with(kind: Kind) -> GraphError {
        GraphError(
            kind, message, status: status, code: code, retryAfter: retryAfter, mayHaveExecuted: mayHaveExecuted)
    }

    public var description: String { "\(kind.rawValue): \(message)" }
}

/// Foreign text cut to one short line: what a service writes goes to logs and terminals.
package func singleLine(_ text: some StringProtocol) -> String {
    let words = text.split {
        $0.isWhitespace || $0.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
    let line = words.joined(separator: " ")
    return line.count <= 300 ? line : line.prefix(299) + "…"
}
