// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Gateway
import Records
public import Secrets
import Settings
public import SignIn

/// Tokens of our own: for programs, and for people where no tenant signs them in.
public struct TokenAdministration: Sendable {
    /// How long a token may be valid, in seconds.
    public static let lifetimes: ClosedRange<TimeInterval> = 60...(366 * 86_400)
    public static let usualLifetime: TimeInterval = 90 * 86_400
    /// The first way in is open for so long.
    public static let bootstrapLifetime: TimeInterval = 3600
    public static let bootstrapName = "bootstrap"

    private let store: APITokenStore
    private let now: Date
    private let caller: Caller
    private let entrance: Entrance

    /// - Parameter caller: who acts.
    public init(_ store: GatewayStore, caller: Caller) {
        self.store = store.tokens
        (now, self.caller) = (store.ledger.clock.now(), caller)
        entrance = Entrance(caller, store.ledger.audit)
    }

    /// Makes a token.
    ///
    /// - Parameters:
    ///   - lifetime: in seconds.
    ///   - isDryRun: whether to check only; then there is no secret.
    /// - Returns: the secret, which is told here and never again, and the token.
    /// - Throws: `AccessDenied`; `SettingsError` for a name that is taken or unfit, a lifetime out of bounds, and a role that needs a
    ///   person.
    public func create(
        name: String, role: Role, validFor lifetime: TimeInterval = usualLifetime, isDryRun: Bool = false
    ) async throws -> (secret: Secret, token: APIToken)? {
        let wish = Entrance.Wish(.createToken, AuditObject(.token, name))
        return try await entrance.pass(.manageTokens, to: wish, isDryRun ? .byTheUseCase : .all) {
            try await make(name, role, lifetime, isDryRun)
        }
    }

    private func make(
        _ name: String, _ role: Role, _ lifetime: TimeInterval, _ isDryRun: Bool
    ) async throws -> (secret: Secret, token: APIToken)? {
        guard role != .employee else {
            throw SettingsError(
                "a token cannot be an employee: that role is for somebody's own certificates, and a token is nobody",
                at: .commandLine)
        }
        // Whoever makes a token has what it may: nobody gives away a right to act that they lack. Looking is another thing: an
        // administrator makes tokens for auditors.
        for permission in Permission.allCases
        where RoleTable.permissions(of: role).contains(permission) && !permission.rawValue.hasPrefix("read") {
            try caller.require(permission)
        }
        guard role != .keyRecoveryAgent || caller.isAtCommandLine else {
            throw SettingsError(
                "tokens of key recovery agents are made on the gateway's machine, by 'certway token create': a second person must not "
                    + "be a token of the first", at: .state)
        }
        guard Self.lifetimes.contains(lifetime) else {
            throw SettingsError(
                "a token may be valid for 1 minute to 366 days, found \(Int(lifetime)) seconds", at: .commandLine)
        }
        guard (1...100).contains(name.utf8.count), name.wholeMatch(of: /[\p{L}\p{N}][\p{L}\p{N} ._@\/-]*/) != nil,
            name.last != " ", name.lowercased() != Self.bootstrapName
        else {
            throw SettingsError(
                "the name of a token has 1 to 100 letters, digits, blanks and . _ @ / -, and begins with a letter or digit; "
                    + "\"\(Self.bootstrapName)\" is the gateway's own", at: .commandLine)
        }
        if isDryRun {
            if let taken = try await valid(name) { throw nameIsTaken(name, by: taken.name) }
            return nil
        }
        guard
            let made = try await store.make(
                name: name, role: role, validFor: lifetime, by: caller.name, creatorID: caller.objectID)
        else {
            throw nameIsTaken(name, by: try await valid(name)?.name ?? name)
        }
        return (made.secret.value, made.token)
    }

    private func valid(_ name: String) async throws -> APIToken? {
        try await store.all().first { $0.kind == .named && $0.isCalled(name) && $0.state(at: now) == .valid }
    }

    private func nameIsTaken(_ name: String, by taken: String) -> SettingsError {
        let difference = taken == name ? "" : ", and case alone tells no two tokens apart"
        return SettingsError(
            "there is a valid token \"\(taken)\"\(difference): choose another name, or revoke it first with 'certway token revoke'",
            at: .commandLine)
    }

    /// All tokens, the newest first, without their secrets.
    public func list() async throws -> [APIToken] {
        try await entrance.require(.manageTokens)
        return try await store.all()
    }

    /// Makes a token worthless, and ends what was signed in with it.
    ///
    /// - Parameter word: id, or name of a valid token.
    /// - Throws: `AccessDenied`; `SettingsError` where there is none.
    public func revoke(_ word: String, isDryRun: Bool = false) async throws -> APIToken {
        let wish = Entrance.Wish(.revokeToken, AuditObject(.token, word))
        return try await entrance.pass(.manageTokens, to: wish) { try await end(word, isDryRun) }
    }

    private func end(_ word: String, _ isDryRun: Bool) async throws -> APIToken {
        let all = try await store.all()
        let found =
            all.first { String($0.id) == word } ?? all.first { $0.name == word && $0.state(at: now) == .valid }
        guard let found else {
            throw SettingsError.unknown("token", word, all.filter { $0.state(at: now) == .valid }.map(\.name))
        }
        if isDryRun { return found }
        return try await store.revoke(found.id, by: caller.name) ?? found
    }

    /// Makes the token of the first sign-in: an administrator, for one session within an hour.
    public func bootstrap() async throws -> (secret: Secret, token: APIToken) {
        try await entrance.require(.manageTokens)
        let made = try await store.make(
            name: Self.bootstrapName, role: .administrator, kind: .bootstrap, validFor: Self.bootstrapLifetime,
            by: caller.name)
        guard let made else { throw SettingsError("the bootstrap token could not be made", at: .state) }
        return (made.secret.value, made.token)
    }

    /// Whether nobody could get in without a bootstrap token.
    ///
    /// - Parameter hasSignIn: whether the tenant signs people in.
    public func needsBootstrap(hasSignIn: Bool) async throws -> Bool {
        guard !hasSignIn else { return false }
        return try await !store.all().contains { $0.kind == .named && $0.state(at: now) == .valid }
    }
}

extension APIToken {
    /// The tokens that are the caller's, whatever they are called, and what was made by them, as they stand on record.
    static func names(madeBy caller: Caller, among all: [APIToken]) -> Set<String> {
        var own: Set<String> = []
        // A token is younger than the one by which it was made.
        for token in all.sorted(by: { $0.id < $1.id }) {
            let isOwn =
                token.createdBy == caller.name || own.contains(token.createdBy)
                || caller.objectID.map { token.creatorID == $0.lowercased() } ?? false
            if isOwn { own.insert(token.actor) }
        }
        return own
    }
}
