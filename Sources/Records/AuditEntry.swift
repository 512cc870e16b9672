// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// What is to be put on record: a record without its number, time and hashes.
public struct AuditEntry: Sendable {
    public var actor: AuditActor
    public var action: AuditAction
    public var object: AuditObject
    /// User principal name of the person whom it concerns; nil for nobody in particular.
    public var person: String?
    /// Of what is different afterwards, how it was; nil for nothing. Never a secret.
    public var before: JSONValue?
    /// Of what is different afterwards, how it is; nil for nothing.
    public var after: JSONValue?
    public var outcome: AuditOutcome
    /// Why, in one sentence: the words of who asked, or the planner's.
    public var reason: String

    /// - Parameters:
    ///   - before: how the object was; what stays the same is left out.
    ///   - after: how it is.
    public init(
        _ action: AuditAction, _ object: AuditObject, by actor: AuditActor, person: String? = nil,
        before: JSONValue? = nil, after: JSONValue? = nil, outcome: AuditOutcome = .done, reason: String = ""
    ) {
        (self.action, self.object, self.actor, self.person) = (action, object, actor, person)
        (self.outcome, self.reason) = (outcome, reason)
        let change = Self.difference(before, after)
        (self.before, self.after) = (change.before, change.after)
    }

    /// What differs between two values; members of objects one by one.
    static func difference(
        _ before: JSONValue?, _ after: JSONValue?
    ) -> (before: JSONValue?, after: JSONValue?) {
        guard before != after else { return (nil, nil) }
        guard let old = before?.object, let new = after?.object else { return (before, after) }
        var (was, became): ([String: JSONValue], [String: JSONValue]) = ([:], [:])
        for name in Set(old.keys).union(new.keys) {
            let change = difference(old[name], new[name])
            was[name] = change.before
            became[name] = change.after
        }
        return (was.isEmpty ? nil : .object(was), became.isEmpty ? nil : .object(became))
    }
}
