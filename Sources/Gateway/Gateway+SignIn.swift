// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import SignIn

extension Gateway {
    /// Sessions of the console, which all nodes share.
    public var sessions: SessionStore { SessionStore(database: database, clock: ledger.clock) }

    /// Tokens of our own, which all nodes share.
    public var tokens: APITokenStore { store.tokens }

    /// How long sessions last, as it is configured now.
    public var sessionLifetime: SessionStore.Lifetime {
        let console = configuration.console ?? .init()
        return SessionStore.Lifetime(
            whole: Double(console.sessionHours) * 3600, idle: Double(console.idleMinutes) * 60)
    }

    /// What decides on the roles of people and programs of the tenant.
    public func roleDecision() -> RoleDecision {
        RoleDecision(configuration.console?.roles ?? [:]) { objectID, groups in
            try await RoleDecision.memberships(objectID, groups, graphClient())
        } isEmployee: { [mirror] objectID in
            try await mirror.peopleAsMembers(ids: [objectID]).contains { !$0.isDeleted && $0.person.isAccountEnabled }
        }
    }
}

extension GatewayStore {
    /// Tokens of our own, which all nodes share.
    public var tokens: APITokenStore { APITokenStore(database: database, clock: ledger.clock) }
}
