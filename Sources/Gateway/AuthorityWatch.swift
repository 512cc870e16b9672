// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import JSONDocuments
import Ledger
import PKIX
public import Records

/// Keeps an eye on CAs of our own: learns what was revoked there by hand, and stops one whose folder is an older copy, before it
/// signs a list without what was revoked since.
public struct AuthorityWatch: Sendable {
    private let ledger: OrderLedger

    public init(_ ledger: OrderLedger) { self.ledger = ledger }

    /// A state of a CA and what was remembered before it.
    private typealias Sight = (state: AuthorityState, last: AuthorityMark?, sign: String?)

    /// Why the CA must not go on as it is, in one sentence with the way out; nil when nothing stands against it. Writes nothing.
    ///
    /// - Parameter read: reads the CA's state as it is now.
    public func sign(_ name: String, _ read: () async throws -> AuthorityState) async throws -> String? {
        try await sight(name, read).sign
    }

    private func sight(_ name: String, _ read: () async throws -> AuthorityState) async throws -> Sight {
        let state = try await read()
        guard let last = try await mark(name, state) else { return (state, nil, nil) }
        guard !AuthorityMark(state).losses(since: last).isEmpty else { return (state, last, nil) }
        // Another process may have remembered a newer state since this one was read; one read after the mark is not behind it.
        let newest = try await read()
        return (newest, last, sentence(name, AuthorityMark(newest).losses(since: last), last))
    }

    private func sentence(_ name: String, _ losses: [String], _ last: AuthorityMark) -> String? {
        guard !losses.isEmpty else { return nil }
        return
            "its folder is an older copy: \(losses.joined(separator: "; ")); until the newest copy is there, and the list that was "
            + "published last in the place of an older one, it signs nothing for the gateway"
            + (last.isRetired ? "; what was retired is retired again by 'certway ca retire'" : "")
            + "; where there is no newer copy, revoke again what was revoked, then 'certway restore accept --backend-ca \(name)'"
    }

    /// The same, and takes up what is new.
    ///
    /// - Parameter read: as with `sign`.
    /// - Returns: why the CA must not go on; what was learnt, a sentence each.
    public func look(
        _ name: String, _ read: () async throws -> AuthorityState
    ) async throws -> (sign: String?, learnt: [String]) {
        let (state, last, sign) = try await sight(name, read)
        if let sign { return (sign, []) }
        let now = AuthorityMark(state)
        guard last != now else { return (nil, []) }
        var learnt: [String] = []
        if last?.lists != now.lists {
            learnt = try await ledger.noteRevocations(
                state.lists.flatMap { list in list.entries.filter { !$0.isOnHold }.map { $0.revoked(list) } },
                backendCA: name)
        }
        let held = Set(last?.onHold.flatMap(\.value) ?? [])
        let entries = state.lists.flatMap { list in list.entries.filter(\.isOnHold).map { $0.revoked(list) } }
        let listed = Set(state.lists.flatMap { list in list.entries.map(\.serialNumber.hex) })
        let ended = (last?.onHold ?? [:]).flatMap { issuer, numbers in
            numbers.filter { !listed.contains($0) }.map {
                RevokedCertificate(serialNumber: $0, issuer: issuer, reason: "", at: .distantPast)
            }
        }
        try await ledger.noteHolds(
            begun: entries.filter { !held.contains($0.serialNumber) }, ended: ended, backendCA: name)
        try await ledger.setState(key(name, state), now.json)
        return (nil, learnt)
    }

    /// A person takes the CA's folder for what there is.
    public func accept(_ name: String, _ state: AuthorityState, by actor: AuditActor) async throws {
        let (key, value) = (key(name, state), AuthorityMark(state).json)
        try await ledger.database.write { connection in
            try OrderLedger.setState(key, value, on: connection)
            try AuditTrail.record(
                AuditEntry(
                    .acceptRestore, AuditObject(.ca, name), by: actor,
                    reason: "what its folder has forgotten is not on its lists any more"), on: connection)
        }
    }

    private func mark(_ name: String, _ state: AuthorityState) async throws -> AuthorityMark? {
        try await ledger.state(key(name, state)).map { AuthorityMark(json: $0) }
    }

    private func key(_ name: String, _ state: AuthorityState) -> String {
        "authority.\(name).\(state.root.sha256Fingerprint)"
    }
}

extension CertificateRevocationList.Entry {
    fileprivate func revoked(_ list: CertificateRevocationList) -> RevokedCertificate {
        RevokedCertificate(
            serialNumber: serialNumber.hex, issuer: "\(list.issuer)",
            reason: RevocationReason(rawValue: reasonCode)?.name ?? "reason \(reasonCode)", at: revocationDate)
    }
}

extension Gateway {
    /// What is remembered of CAs of our own.
    public var authorityWatch: AuthorityWatch { AuthorityWatch(ledger) }

    /// Looks at each CA of our own: what was revoked there by hand ends its orders here, and one whose folder is an older copy
    /// cannot be used until that is mended. Next to nothing when nothing has changed.
    @discardableResult
    public func lookAtAuthorities() async -> BackendCARegistry.Upkeep {
        await backends.examineAuthorities { try await authorityWatch.look($0, $1) }
    }

    /// The same, and what else is due there, such as new CRLs.
    func maintainAuthorities() async -> BackendCARegistry.Upkeep {
        var upkeep = await lookAtAuthorities()
        let due = await backends.maintain()
        upkeep.done += due.done
        // Why a CA must not be used is told by either.
        upkeep.problems += due.problems.filter { !upkeep.problems.contains($0) }
        return upkeep
    }
}
