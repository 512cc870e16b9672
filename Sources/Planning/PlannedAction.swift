// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What is to be done so that somebody's certificate is as wanted.
public enum PlannedAction: String, Sendable, CaseIterable {
    /// The first one, or another after one that has ended.
    case order
    /// Another one before this one ends.
    case renew
    /// Another one, because what this one says is not true any more.
    case replace
    /// What another one has taken the place of these days is revoked: the end of a renewal or replacement that was agreed to.
    case revokeReplaced
    /// What another one has taken the place of long ago is revoked, as after a change of the template.
    case revokeOlder
    /// The order is taken back while its CA waits for somebody.
    case cancel
    /// Taken from the devices; it stays valid for old mail.
    case retire
    /// Taken from the devices, and revoked.
    case revoke

    /// Those that buy.
    public static let purchases: Set<PlannedAction> = [.order, .renew, .replace]
    /// Those that take a certificate from a person.
    public static let endings: Set<PlannedAction> = [.cancel, .retire, .revoke]
    /// Those that end a certificate, or an order, of which nothing may be done by accident.
    public static let withdrawals = endings.union([.revokeOlder, .revokeReplaced])

    /// End of a sentence that begins with a number of people.
    public var description: String {
        switch self {
        case .order: "get a certificate"
        case .renew: "get another one before theirs ends"
        case .replace: "get another one, because theirs is not true any more"
        case .revokeReplaced: "have the one before revoked, as theirs has just taken its place"
        case .revokeOlder: "have an older one that is revoked"
        case .cancel: "have an order that is taken back"
        case .retire: "lose theirs, which stays valid for old mail"
        case .revoke: "lose theirs, which is revoked"
        }
    }
}
