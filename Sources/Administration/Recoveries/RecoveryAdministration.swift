// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import Gateway
import HandOver
import KeyArchival
import Ledger
public import PKIX
import Records
public import Recoveries
public import Secrets
import Settings
public import Store

/// Recovery as a process: asked for with a purpose, agreed to by a second person where the configuration wants that, fetched once.
/// Beside it the only way to an archived key is the agent's own key in the agent's own hand (`KeyRecovery`).
public struct RecoveryAdministration: Sendable {
    let gateway: Gateway
    let caller: Caller
    var ledger: OrderLedger { gateway.ledger }
    var book: RecoveryBook { gateway.recoveries }
    var entrance: Entrance { Entrance(caller, ledger.audit) }
    var person: RecoveryPerson { RecoveryPerson(name: caller.name, id: caller.owner) }

    /// - Parameter caller: who acts, for the record.
    public init(_ gateway: Gateway, caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// Who can fetch what is for somebody.
    static func recipient(_ person: RecoveryPerson) -> PackageRecipient {
        switch person.id {
        case .person(let id): .person(id: id)
        case .token(let id): .token(id: id)
        case nil: .named(person.name)
        }
    }

    /// People that a recovery by an agent takes now.
    var approvals: Int { gateway.configuration.recovery.approvals }

    // MARK: - Reading

    /// Recoveries, the newest first in the list's own order.
    ///
    /// - Throws: `AccessDenied`, `ListError`, `StoreError`.
    public func list(
        states: Set<Recovery.State>? = nil, _ request: ListRequest = ListRequest()
    ) async throws -> ListPage<Recovery> {
        try await entrance.require(.readRecoveries)
        return try await book.list(states: states, request)
    }

    /// - Throws: `AccessDenied`; `LedgerError.notPossible` for one that there is not.
    public func show(_ word: String) async throws -> Recovery {
        try await entrance.require(.readRecoveries)
        return try await book.recovery(word)
    }

    /// What the caller may do with a recovery now.
    public func actions(of recovery: Recovery) -> [ObjectAction] {
        var list = ActionList(caller)
        let state = recovery.state(at: ledger.clock.now())
        for name in ["approve", "deny"] {
            list.add(name, .approveRecovery) {
                guard state == .waiting else { throw Obstacle("it is \(state.rawValue)") }
                guard person.isSecondPerson(to: recovery.requester) else { throw Obstacle("it is your own request") }
            }
        }
        list.add("fetch", .requestRecovery) { try book.requireFetchable(recovery, by: person, approvals: approvals) }
        list.add("password", .requestRecovery) {
            guard state == .fetched else { throw Obstacle("the key was not fetched yet") }
            guard recovery.passwordRecipient.isSame(as: person) else {
                throw Obstacle("the password is for \(recovery.passwordRecipient.name)")
            }
        }
        return list.actions
    }

    // MARK: - Asking and deciding

    /// Asks for the recovery of one key.
    ///
    /// - Parameters:
    ///   - word: a certificate, as people quote it.
    ///   - purpose: why, for the record and for the owner.
    /// - Throws: `AccessDenied`; `SettingsError` for a purpose that says nothing; `LedgerError.notPossible` for a key that is not archived.
    public func request(_ word: String, purpose: String, isDryRun: Bool = false) async throws -> Recovery? {
        let wish = Entrance.Wish(
            .requestRecovery, AuditObject(.key, String(word.prefix(100))), because: String(purpose.prefix(500)))
        return try await entrance.pass(.requestRecovery, to: wish, isDryRun ? .byTheUseCase : .all) {
            let words = try KeyRecovery.purpose(purpose)
            let record = try await archived(try await CertificateAdministration(ledger).certificate(word))
            guard !isDryRun else { return nil }
            return try await book.request(
                new(.agent, record, words, approvals: approvals))
        }
    }

    private func new(
        _ kind: Recovery.Kind, _ record: CertificateRecord, _ purpose: String, approvals: Int
    ) -> NewRecovery {
        NewRecovery(
            kind, certificateID: record.id, orderID: record.orderID, serialNumber: record.serialNumber,
            subscriber: record.userPrincipalName, subscriberID: record.subscriberID, requester: person,
            purpose: purpose, approvals: approvals,
            lifetime: Double(gateway.configuration.recovery.lapsesAfter.components.seconds))
    }

    private func archived(_ record: CertificateRecord) async throws -> CertificateRecord {
        guard try await ledger.archivedKey(certificateID: record.id) != nil else {
            throw LedgerError.notPossible(Self.notArchived(record).reason)
        }
        return record
    }

    static func notArchived(_ record: CertificateRecord) -> Obstacle {
        Obstacle("the key of \(record.serialNumber) was not archived: its template has no key recovery agents")
    }

    /// Agrees to somebody else's request, or refuses it.
    ///
    /// - Throws: `AccessDenied`; `LedgerError.notPossible` for one's own request and for one that is decided.
    public func decide(
        _ word: String, approve: Bool, because cause: String, isDryRun: Bool = false
    ) async throws -> Recovery {
        let wish = Entrance.Wish(
            approve ? .approveRecovery : .denyRecovery, AuditObject(.recovery, String(word.prefix(60))),
            because: String(cause.prefix(500)))
        return try await entrance.pass(.approveRecovery, to: wish, isDryRun ? .byTheUseCase : .all) {
            let recovery = try await book.recovery(word)
            let name = approve ? "approve" : "deny"
            if let action = actions(of: recovery).first(where: { $0.name == name }), !action.isAllowed, isDryRun {
                throw action.obstacle ?? Obstacle("it cannot be decided on")
            }
            guard !isDryRun else { return recovery }
            return try await book.decide(recovery.id, approve: approve, by: person, because: cause)
        }
    }

    // MARK: - Fetching

    /// What opens the archive, where it is not an agent of the configuration: the certificate, and the key that only now is read.
    public struct Opening: Sendable {
        let certificate: @Sendable () throws -> Certificate
        let key: @Sendable () throws -> AgentKey

        public init(
            certificate: @escaping @Sendable () throws -> Certificate, key: @escaping @Sendable () throws -> AgentKey
        ) { (self.certificate, self.key) = (certificate, key) }
    }

    /// Opens the key of an approved recovery and hands it out, once. Its password is another package, for whoever has agreed, or else for
    /// the one who asked.
    ///
    /// - Parameters:
    ///   - agent: name of an agent of the configuration; nil for the first whose key the gateway may use and for whom the key is archived.
    ///   - opening: an agent's key that the caller brings.
    /// - Throws: `AccessDenied`; `LedgerError.notPossible` as `RecoveryBook.fetch`; `PKIXError`, `SettingsError` and `GraphError` where the
    ///   agent's key opens nothing. The recovery stays approved then.
    public func fetch(
        _ word: String, agent: String? = nil, opening: Opening? = nil
    ) async throws -> RecoveredPackage {
        let wish = Entrance.Wish(.recoverKey, AuditObject(.recovery, String(word.prefix(60))))
        return try await entrance.pass(.requestRecovery, to: wish, .byTheUseCase) {
            let recovery: Recovery
            do {
                recovery = try await book.recovery(word)
                try book.requireFetchable(recovery, by: person, approvals: approvals)
            } catch {
                try await entrance.note(wish, "\(error)")
                throw error
            }
            return try await handOut(recovery, agent: agent, opening: opening)
        }
    }

    /// The password of a file that was fetched, once, for the one it is for.
    ///
    /// - Throws: `AccessDenied`; `LedgerError.notPossible` where there is none, it is for somebody else, or it was fetched.
    public func password(_ word: String) async throws -> Secret {
        let wish = Entrance.Wish(.fetchPackage, AuditObject(.recovery, String(word.prefix(60))))
        return try await entrance.pass(.requestRecovery, to: wish, .all) {
            try await password(of: try await book.recovery(word))
        }
    }

    func password(of recovery: Recovery) async throws -> Secret {
        try recovery.requireAgreed(approvals)
        guard let package = recovery.passwordPackage else {
            throw LedgerError.notPossible("the key of recovery R-\(recovery.id) was not fetched yet")
        }
        let answer = try await gateway.packages.fetch(
            .number(package), as: Self.recipient(person), named: caller.name)
        switch answer {
        case .content(let secret, _): return secret
        case .ended(let package):
            throw LedgerError.notPossible(
                "the password of recovery R-\(recovery.id) is gone (\(package.ending?.rawValue ?? "ended")): ask for another recovery"
            )
        case .foreign(let package):
            throw LedgerError.notPossible(
                "the password of recovery R-\(recovery.id) is for \(package.recipientName)")
        case .unknown: throw LedgerError.notPossible("the password of recovery R-\(recovery.id) is not there any more")
        }
    }

    // MARK: - The owner

    /// Hands out the key of one of the caller's own former certificates, after a sign-in that is new.
    ///
    /// - Parameter authenticatedAt: when the tenant has asked for password or key; nil where it does not say so.
    /// - Throws: `AccessDenied`; `Obstacle` for somebody else's certificate, for a sign-in that is too old or unknown, and where the
    ///   configuration does not have it.
    public func recoverOwn(_ number: Int64, authenticatedAt: Date?) async throws -> RecoveredPackage {
        let wish = Entrance.Wish(
            .requestRecovery, AuditObject(.key, "certificate \(number)"), person: caller.name,
            because: Self.ownPurpose)
        let recovery = try await entrance.pass(.recoverOwn, to: wish, .all) {
            let policy = gateway.configuration.recovery
            try requireOpeningByOwner()
            let record = try await OwnCertificates(gateway, caller).own([number])[0]
            try requireNewSignIn(authenticatedAt, within: policy.signedInWithin)
            return try await book.request(new(.owner, try await archived(record), Self.ownPurpose, approvals: 1))
        }
        return try await caller.asOrigin { try await handOut(recovery, agent: nil, opening: nil) }
    }

    /// Makes sure that the owner of a certificate can have its key out of the archive without anybody else.
    ///
    /// - Throws: `Obstacle`.
    func requireOpeningByOwner() throws {
        try requireByOwner()
        guard !gateway.agentsWithKey.isEmpty else {
            throw Obstacle("the gateway has no key that opens the archive", instead: Self.askAgent)
        }
    }

    private func requireByOwner() throws {
        guard gateway.configuration.recovery.byOwner else {
            throw Obstacle("recovery by oneself is switched off", instead: Self.askAgent)
        }
    }

    /// The password of a file that the owner has fetched.
    ///
    /// - Throws: as `password`.
    public func ownPassword(_ word: String) async throws -> Secret {
        let wish = Entrance.Wish(.fetchPackage, AuditObject(.recovery, String(word.prefix(60))))
        return try await entrance.pass(.recoverOwn, to: wish, .all) {
            let recovery = try await book.recovery(word)
            // What holds now, not when the file was fetched.
            try requireByOwner()
            guard recovery.kind == .owner, recovery.requester.isSame(as: person) else {
                throw LedgerError.notPossible("there is no recovery \(word.prefix(40)) of yours")
            }
            return try await password(of: recovery)
        }
    }

    private static let ownPurpose = "the owner's own former key"
    private static let askAgent = "ask a key recovery agent"

    func requireNewSignIn(_ authenticatedAt: Date?, within limit: Duration) throws(Obstacle) {
        let again = "sign in anew at /auth/start?prompt=login&return=/my"
        guard let authenticatedAt else {
            throw Obstacle(
                "nobody knows when you have signed in: the tenant's token lacks the claim auth_time, or you came by another way",
                instead: again)
        }
        let age = ledger.clock.now().timeIntervalSince(authenticatedAt)
        guard age <= Double(limit.components.seconds) else {
            throw Obstacle(
                "you have signed in \(Int(age / 60)) minutes ago, and for this \(limit.components.seconds / 60) are allowed",
                instead: again)
        }
    }
}
