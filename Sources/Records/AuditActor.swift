// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Who or what has decided, or done, something.
public struct AuditActor: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Somebody, by a command or in a console.
        case person
        /// The gateway, where it carries out and decides nothing.
        case service
        /// The gateway, where it decides by configuration and directory.
        case planner
        /// A certificate authority, or who works there.
        case ca
        /// Intune, or who works there.
        case intune
    }

    public let name: String
    public let kind: Kind

    public init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }

    /// The planner of the gateway.
    public static let planner = AuditActor("planner", .planner)
    /// The gateway itself.
    public static let service = AuditActor("the gateway", .service)
    /// Intune, and whoever works there.
    public static let intune = AuditActor("Intune", .intune)

    /// Whoever stands under this name in timelines: one of those above, or a person.
    public init(named name: String) {
        self = [Self.planner, .service, .intune].first { $0.name == name } ?? AuditActor(name, .person)
    }
}
