// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
public import Records
import Store

extension OrderLedger {
    /// The CA certificates by which a backend CA was seen to issue, in the order in which they were seen.
    public func seenIssuers(of backendCA: String) async throws -> [SeenIssuer] {
        Self.issuers(try await state(Self.issuersKey(backendCA)))
    }

    /// Takes note of CA certificates of a backend CA. The first ones of all need no confirmation: there is nothing that they differ from.
    ///
    /// - Returns: those of them that nobody has confirmed.
    public func see(_ issuers: [SeenIssuer], of backendCA: String) async throws -> [SeenIssuer] {
        guard !issuers.isEmpty else { return [] }
        return try await database.write { connection in
            let key = Self.issuersKey(backendCA)
            var known = Self.issuers(try Self.state(key, on: connection, lock: connection.dialect.rowLock))
            let isFirst = known.isEmpty
            var isChanged = false
            for issuer in issuers where !known.contains(where: { $0.sha256Fingerprint == issuer.sha256Fingerprint }) {
                var issuer = issuer
                if isFirst, issuer.confirmedAt == nil {
                    (issuer.confirmedAt, issuer.confirmedBy) = (issuer.seenAt, "the first of this backend CA")
                }
                known.append(issuer)
                isChanged = true
                guard issuer.confirmedAt == nil else { continue }
                try AuditTrail.record(
                    issuer.audited(.noticeIssuer, by: AuditActor(backendCA, .ca), "seen in \(issuer.seenIn)"),
                    on: connection)
            }
            if isChanged { try Self.setState(key, .array(known.map(\.json)), on: connection) }
            let meant = Set(issuers.map(\.sha256Fingerprint))
            return known.filter { $0.confirmedAt == nil && meant.contains($0.sha256Fingerprint) }
        }
    }

    /// A person says that devices and mail services know these CA certificates.
    ///
    /// - Parameter fingerprints: SHA-256 of each; what is confirmed already, or unknown, stays as it is.
    /// - Returns: those that are confirmed by this.
    public func confirmIssuers(
        _ fingerprints: Set<String>, of backendCA: String, by actor: AuditActor
    ) async throws -> [SeenIssuer] {
        let now = now()
        return try await database.write { connection in
            let key = Self.issuersKey(backendCA)
            var known = Self.issuers(try Self.state(key, on: connection, lock: connection.dialect.rowLock))
            var confirmed: [SeenIssuer] = []
            for place in known.indices
            where known[place].confirmedAt == nil && fingerprints.contains(known[place].sha256Fingerprint) {
                (known[place].confirmedAt, known[place].confirmedBy) = (now, actor.name)
                confirmed.append(known[place])
                try AuditTrail.record(
                    known[place].audited(.confirmIssuer, by: actor, "backend CA \(backendCA) may issue by it"),
                    on: connection)
            }
            if !confirmed.isEmpty { try Self.setState(key, .array(known.map(\.json)), on: connection) }
            return confirmed
        }
    }

    private static func issuers(_ value: JSONValue?) -> [SeenIssuer] {
        (value?.array ?? []).compactMap(SeenIssuer.init(json:))
    }

    private static func issuersKey(_ backendCA: String) -> String { "issuers.\(backendCA)" }
}

extension SeenIssuer {
    fileprivate func audited(_ action: AuditAction, by actor: AuditActor, _ reason: String) -> AuditEntry {
        AuditEntry(
            action, AuditObject(.issuer, sha256Fingerprint), by: actor, after: ["subject": .string(subject)],
            reason: reason)
    }
}
