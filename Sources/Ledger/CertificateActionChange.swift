// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// What one step of work changes about an action; committed as a whole, with a line in the timeline of the order.
///
/// A change without `failure` ends a row of failures. The lease is kept until `releaseLease`, or until nothing is left to do.
public struct CertificateActionChange: Sendable {
    let event: OrderChange.Event?
    let detail: String
    private(set) var newState: CertificateAction.State?
    private var isSameFailure = false
    private var edits: [@Sendable (inout CertificateAction) -> Void] = []

    /// - Parameters:
    ///   - kind: of the order's event, such as `revoking`; nil for none, where the timeline has it already.
    ///   - message: one sentence for people, no secret in it.
    ///   - data: facts for programs.
    public init(_ kind: String?, _ message: String, data: JSONValue = [:]) {
        event = kind.map { OrderChange.Event(kind: $0, message: message, data: data) }
        detail = message
    }

    public func state(_ state: CertificateAction.State) -> Self {
        var copy = self
        copy.newState = state
        return copy
    }

    /// A request is about to leave. A row of failures goes on, only an answer ends it.
    public func attempt() -> Self {
        var copy = edit { $0.attempts += 1 }.state(.doing)
        copy.isSameFailure = true
        return copy
    }

    /// The CA, or Intune, has taken it.
    public func taken(at date: Date) -> Self {
        edit {
            $0.takenAt = $0.takenAt ?? date
            $0.holdReason = nil
        }.state(.done)
    }

    /// Seen in the CA's list or its responder's answer.
    public func seen(at date: Date, in place: String) -> Self {
        edit {
            $0.seenAt = date
            $0.seenIn = place
        }
    }

    /// Looked at the CA's list and its responder.
    public func look() -> Self { edit { $0.looks += 1 } }

    /// Nobody works on it before `date`; nil for at once, or for never once it is done.
    public func nextAction(at date: Date?) -> Self { edit { $0.nextActionAt = date } }

    /// One more failure in a row.
    public func failure(_ kind: String, nextAction date: Date?) -> Self {
        edit {
            $0.errorKind = kind
            $0.failures += 1
            $0.nextActionAt = date
        }
    }

    /// A person has to do it; `reason` says what.
    public func hold(_ reason: String) -> Self { edit { $0.holdReason = reason } }

    /// Gives the claim back in the same commit.
    public func releaseLease() -> Self {
        edit {
            $0.leaseOwner = nil
            $0.leaseUntil = nil
        }
    }

    func apply(to action: inout CertificateAction) {
        let failures = action.failures
        action.detail = detail
        action.state = newState ?? action.state
        if !isSameFailure { action.errorKind = nil }
        action.nextActionAt = nil
        for edit in edits { edit(&action) }
        if action.failures == failures, !isSameFailure { action.failures = 0 }
        if action.dueAt == nil {
            action.leaseOwner = nil
            action.leaseUntil = nil
        }
    }

    private func edit(_ edit: @escaping @Sendable (inout CertificateAction) -> Void) -> Self {
        var copy = self
        copy.edits.append(edit)
        return copy
    }
}
