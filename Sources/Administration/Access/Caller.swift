// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Records
public import Settings

/// Who asks for a use case, with what right: somebody at the command line, signed in to the console, or a token of the API.
public struct Caller: Sendable, Hashable {
    /// As it stands in timelines and in the audit trail, such as `ada@example.org`. Never the gateway's own name, or the planner's.
    public let name: String
    public let roles: Set<Role>
    /// Object id in the tenant; nil for tokens of our own and the command line.
    public let objectID: String?
    /// Number of the token of our own; nil for everybody else.
    public let tokenID: Int64?
    /// Why the caller has these roles, in words, such as "by group CW-Helpdesk".
    public let origin: String
    /// Whether the command that runs says by which way something came.
    let isAtCommandLine: Bool

    public init(name: String, roles: Set<Role>, objectID: String? = nil, tokenID: Int64? = nil, origin: String) {
        self.init(
            name: name, roles: roles, objectID: objectID, tokenID: tokenID, origin: origin, isAtCommandLine: false)
    }

    private init(
        name: String, roles: Set<Role>, objectID: String?, tokenID: Int64?, origin: String, isAtCommandLine: Bool
    ) {
        // Whoever could call a token "planner" would decide in the planner's name.
        self.name = AuditActor(named: name).kind == .person ? name : "\(name) (by name)"
        (self.roles, self.objectID, self.tokenID, self.origin) = (roles, objectID, tokenID, origin)
        self.isAtCommandLine = isAtCommandLine
    }

    /// Whoever may read the gateway's folder has its keys already: the file system is the guard of the command line.
    public static func commandLine(_ name: String) -> Caller {
        Caller(
            name: name, roles: Set(Role.allCases), objectID: nil, tokenID: nil,
            origin: "by access to the gateway's folder", isAtCommandLine: true)
    }

    /// Whether it is known who acts: somebody of the tenant, or at the machine; a token of our own can be anybody's.
    var isPerson: Bool { objectID != nil || isAtCommandLine }

    /// Under what things belong to the caller; nil at the command line, where the name says it.
    public var owner: OwnerID? { objectID.map { .person($0) } ?? tokenID.map { .token($0) } }

    /// What the caller is, in words, such as "helpdesk, by group CW-Helpdesk".
    public var standing: String {
        let held = roles.map(\.rawValue).sorted().joined(separator: ", ")
        return "\(held.isEmpty ? "without a role" : held), \(origin)"
    }

    public func may(_ permission: Permission) -> Bool {
        roles.contains { RoleTable.permissions(of: $0).contains(permission) }
    }

    /// - Throws: `AccessDenied`, which says what is needed, what the caller is, and whom to ask.
    public func require(_ permission: Permission) throws(AccessDenied) {
        guard may(permission) else { throw AccessDenied(permission: permission, caller: self) }
    }

    /// Runs something in this caller's name: what it puts on record says by which right.
    public func asOrigin<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        guard !isAtCommandLine else { return try await body() }
        return try await AuditOrigin.$way.withValue(way, operation: body)
    }

    /// Names go from one person to another; the object id says years later who it was.
    private var way: String {
        guard let mark = objectID.map(Self.mark) else { return standing }
        return standing.prefix(AuditOrigin.length - mark.count) + mark
    }

    private static func mark(_ objectID: String) -> String { ", object \(objectID.lowercased())" }

    /// Whether it was this caller who has put something on record, under whatever name.
    ///
    /// - Parameter tokens: names of the tokens that are the caller's, as they stand on record.
    func isAuthor(of record: AuditRecord, tokens: Set<String>) -> Bool {
        record.actor == name || tokens.contains(record.actor)
            || objectID.map { record.origin.hasSuffix(Self.mark($0)) } ?? false
    }
}
