// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Directory
import Foundation
public import Gateway
public import Ledger
import PKIX
import Planning
import Records
public import Settings
import Store

/// What people ask to have done to certificates: a wish on record, which the next pass carries out.
public struct CertificateActions: Sendable {
    /// Certificates of one transaction.
    private static let batch = 500

    let ledger: OrderLedger
    let caller: Caller
    var actor: String { caller.name }
    private let mirror: DirectoryMirror

    /// - Parameters:
    ///   - mirror: tells who has a name today.
    ///   - caller: who asks, for the record.
    public init(_ ledger: OrderLedger, _ mirror: DirectoryMirror, caller: Caller) {
        self.ledger = ledger
        self.mirror = mirror
        self.caller = caller
    }

    /// The certificates that are meant, oldest first; those that were left out because they are revoked or over already; and which serial
    /// numbers of a list no certificate here has.
    ///
    /// - Parameter isToWithdraw: whether those count as well that are void and that nobody has taken out of Intune.
    /// - Throws: `LedgerError` for a word that means none or several.
    public func find(
        _ selection: CertificateSelection, isToWithdraw: Bool = false
    ) async throws -> (found: [CertificateRecord], over: [CertificateRecord], unknown: [String]) {
        var records: [CertificateRecord] = []
        for word in selection.words { records += try await certificates(word) }
        if selection.isByFields {
            records = try await matching(
                selection, among: selection.words.isEmpty ? nil : records, areRevokedMeant: isToWithdraw)
        }
        let now = ledger.clock.now()
        func isInForce(_ record: CertificateRecord) -> Bool { record.status != .revoked && record.notAfter > now }
        let void = isToWithdraw ? records.filter { !isInForce($0) }.map(\.id) : []
        let asked = try await ledger.standingActions(certificateIDs: void)
        let there = Set(void).subtracting(asked.filter { $0.value.contains { $0.kind == .withdraw } }.keys)
        func isMeant(_ record: CertificateRecord) -> Bool { isInForce(record) || there.contains(record.id) }
        let inForce = records.filter(isMeant)
        var seen: Set<Int64> = []
        let unique = inForce.filter { seen.insert($0.id).inserted }.sorted { $0.id < $1.id }
        return (unique, records.filter { !isMeant($0) }, try await unknown(selection.serialNumbers ?? []))
    }

    /// Serial numbers as they were given that no certificate here has.
    private func unknown(_ numbers: [String]) async throws -> [String] {
        let typed = numbers.map { (word: $0, hex: SerialNumber(typed: $0)?.hex) }
        let known = try await ledger.knownSerialNumbers(typed.compactMap(\.hex))
        var seen: Set<String> = []
        return typed.filter { number in
            !(number.hex.map(known.contains) ?? false) && seen.insert(number.word).inserted
        }.map(\.word)
    }

    /// A reference means the certificate of its order, a user principal name all of the person who has it now, anything else one certificate.
    private func certificates(_ word: String) async throws -> [CertificateRecord] {
        if word.lowercased().hasPrefix("cw-") {
            let order = try await ledger.order(meantBy: word)
            guard let id = order.certificateID, let record = try await ledger.certificate(id) else {
                throw LedgerError.notPossible("order \(order.reference) has no certificate")
            }
            return [record]
        }
        guard word.contains("@") else { return [try await ledger.certificate(meantBy: word)] }
        // Names move from person to person; certificates do not move with them.
        let named = try await mirror.people(named: word).first {
            $0.userPrincipalName.lowercased() == word.lowercased()
        }
        let found: [CertificateRecord]
        if let named {
            found = try await ledger.certificates(CertificateFilter(subscriberID: named.id, limit: .max))
        } else {
            found = try await ledger.certificates(CertificateFilter(text: word, limit: .max)).filter {
                $0.userPrincipalName.lowercased() == word.lowercased()
            }
            let people = Set(found.map(\.subscriberID))
            guard people.count < 2 else {
                throw LedgerError.notPossible(
                    "\(people.count) people had the name \(word), and nobody has it now: give a serial number, see "
                        + "'certway certificate list --text \(word)'")
            }
        }
        guard !found.isEmpty else { throw LedgerError.notPossible("\(word) has no certificate here") }
        return found
    }

    private func matching(
        _ selection: CertificateSelection, among known: [CertificateRecord]?, areRevokedMeant: Bool
    ) async throws -> [CertificateRecord] {
        var filter = CertificateFilter(
            statuses: areRevokedMeant ? [.active, .superseded, .revoked] : [.active, .superseded],
            template: selection.template, backendCA: selection.backendCA)
        filter.product = selection.product
        filter.issuedAfter = selection.issuedAfter
        filter.issuedBefore = selection.issuedBefore
        filter.expiringAfter = ledger.clock.now()
        let numbers = selection.serialNumbers.map { Set($0.compactMap { SerialNumber(typed: $0)?.hex }) }
        let ids = known.map { Set($0.map(\.id)) }
        var result: [CertificateRecord] = []
        var request = ListRequest(limit: Self.batch)
        while true {
            let page = try await ledger.certificates(filter, request)
            for record in page.items {
                guard ids?.contains(record.id) ?? true else { continue }
                guard numbers.map({ $0.contains(record.serialNumber) }) ?? true else { continue }
                if let issuer = selection.issuer,
                    !record.issuer.lowercased().contains(issuer.lowercased())
                {
                    continue
                }
                if let missing = selection.missing, missing.isIn(try Certificate(der: record.der)) { continue }
                result.append(record)
            }
            guard let next = page.next else { return result }
            request.after = next
        }
    }

    /// Whether their CAs take the reason. That a key is in wrong hands is so whatever a CA takes: where it takes no reason for that, the wish
    /// is on record, and a person has to revoke there.
    ///
    /// - Parameter profile: the connector profile of a backend CA; nil where there is none.
    /// - Throws: `SettingsError` with what they take.
    public func require(
        _ reason: RevocationReason, for records: [CertificateRecord], profile: (String) -> ConnectorProfile?
    ) throws(SettingsError) {
        guard reason != .keyCompromise else { return }
        for name in Set(records.map(\.backendCA)).sorted() {
            // Where a person revokes, a person finds the word for it.
            guard let profile = profile(name), profile.abilities.contains(.revoke) else { continue }
            let offered = profile.revocationReasons.offered
            guard !offered.isEmpty, !offered.contains(reason) else { continue }
            throw SettingsError(
                "backend CA \(name) does not take the reason \(reason.name); it takes: "
                    + offered.map(\.name).joined(separator: ", "), at: .commandLine)
        }
    }

    /// Puts the wish to revoke them on record, and, where their keys are in wrong hands, that to take them out of Intune.
    ///
    /// - Parameters:
    ///   - delay: so long it can be taken back.
    ///   - gateway: whose CAs are to do it; nil also where a person has to revoke there, which is then told and watched.
    /// - Throws: `StoreError`; those of the batches before are asked for then, and asking again does no harm.
    public func revoke(
        _ records: [CertificateRecord], reason: RevocationReason, cause: String, delay: Duration?,
        at gateway: Gateway? = nil
    ) async throws -> [CertificateAction] {
        try await entrance.pass(.revoke, to: wish(.revokeCertificate, records, cause), .all) {
            if let gateway {
                for record in records where !isOnlyNoted(record, reason) { try requireRevoking(record, gateway) }
            }
            return try await ask(records, reason: reason, cause: cause, delay: delay)
        }
    }

    /// Puts the wish to take them out of Intune on record.
    ///
    /// - Parameter isOrderedAgain: whether others are to take their place.
    public func withdraw(
        _ records: [CertificateRecord], cause: String, isOrderedAgain: Bool = false
    ) async throws -> [CertificateAction] {
        try await entrance.pass(.revoke, to: wish(.withdrawCertificate, records, cause)) {
            try await ask(records) {
                .withdraw(certificateID: $0.id, cause: cause, actor: actor, isOrderedAgain: isOrderedAgain)
            }
        }
    }

    /// Puts the wish to take one out of Intune on record.
    ///
    /// - Returns: the wish; nil for a dry run.
    /// - Throws: `Obstacle` where it is asked for already, or done.
    public func withdraw(
        one record: CertificateRecord, cause: String, isDryRun: Bool
    ) async throws -> CertificateAction? {
        let standing = try await ledger.standingActions(certificateIDs: [record.id])[record.id]
        let wish = wish(.withdrawCertificate, [record], cause)
        return try await entrance.pass(.revoke, to: wish, isDryRun ? .byTheUseCase : .all) {
            try record.requireWithout(standing?.first { $0.kind == .withdraw })
            guard !isDryRun else { return nil }
            return try await ask([record]) { .withdraw(certificateID: $0.id, cause: cause, actor: actor) }.first
        }
    }

    /// Puts on record that the keys of certificates are in wrong hands that are revoked or over: mostly that becomes known later. They are
    /// taken out of Intune; what their CAs publish stays as it is.
    ///
    /// - Throws: `AccessDenied`, `StoreError`.
    public func noteCompromise(of records: [CertificateRecord], cause: String) async throws {
        guard !records.isEmpty else { return }
        try await entrance.pass(.revoke, to: wish(.noticeCompromise, records, cause), .all) {
            try await noteCompromised(records, cause)
        }
    }

    /// The same for who has asked for the right already.
    private func noteCompromised(_ records: [CertificateRecord], _ cause: String) async throws {
        try await ledger.noteCompromise(of: records.map(\.id), by: AuditActor(named: actor), because: cause)
        let delivered = try await ledger.deliveredByIntune(among: records.map(\.id))
        _ = try await ask(records.filter { delivered.contains($0.id) }) {
            .withdraw(certificateID: $0.id, cause: cause, actor: actor)
        }
    }

    /// Whether nothing is left to be revoked, and what becomes known of the key counts all the same.
    func isOnlyNoted(_ record: CertificateRecord, _ reason: RevocationReason) -> Bool {
        reason == .keyCompromise && (record.status == .revoked || record.notAfter <= ledger.clock.now())
    }

    /// - Throws: `Obstacle` for one that is revoked or over, or whose CA cannot revoke.
    func requireRevoking(_ record: CertificateRecord, _ gateway: Gateway) throws {
        try record.requireInForce(at: ledger.clock.now())
        try gateway.requireRevoking(at: record.backendCA)
    }

    /// Takes one wish back that has not left, or works on it again.
    ///
    /// - Parameter kind: of the wish.
    /// - Throws: `LedgerError.notPossible` for another kind, and as its state is.
    public func change(
        _ id: Int64, _ kind: CertificateAction.Kind, _ change: Change, isDryRun: Bool = false
    ) async throws -> CertificateAction {
        guard let action = try await ledger.action(id), action.kind == kind,
            let record = try await ledger.certificate(action.certificateID)
        else { throw LedgerError.notPossible("there is no \(kind.noun) \(id)") }
        let word: AuditAction =
            switch (kind, change) {
            case (.revoke, .undo): .undoRevocation
            case (.revoke, .retry): .retryRevocation
            case (.withdraw, .undo): .undoWithdrawal
            case (.withdraw, .retry): .retryWithdrawal
            }
        return try await entrance.pass(.revoke, to: wish(word, [record], "")) {
            if isDryRun {
                if change == .undo { try action.requireUndoable() } else { try action.requireRetryable() }
                return action
            }
            return change == .undo
                ? try await ledger.undo(id, by: actor) : try await ledger.retry(action: id, by: actor)
        }
    }

    var entrance: Entrance { Entrance(caller, ledger.audit) }

    /// What a refusal says: of several by the first, with their number.
    func wish(_ action: AuditAction, _ records: [CertificateRecord], _ cause: String) -> Entrance.Wish {
        let others = records.count > 1 ? ["and \(Plural(records.count - 1, "other"))"] : []
        return Entrance.Wish(
            action, AuditObject(.certificate, records.first?.serialNumber ?? "none"),
            person: records.count == 1 ? records[0].userPrincipalName : nil,
            because: ([cause].filter { !$0.isEmpty } + others).joined(separator: ", "))
    }

    /// The same for who has asked for the right already.
    ///
    /// - Parameter isOrderedAgain: whether others are to take their place.
    func ask(
        _ records: [CertificateRecord], reason: RevocationReason, cause: String, delay: Duration?,
        isOrderedAgain: Bool = false
    ) async throws -> [CertificateAction] {
        let notBefore = delay.map { ledger.clock.now() + Double($0.components.seconds) }
        try await noteCompromised(records.filter { isOnlyNoted($0, reason) }, cause)
        return try await ask(records.filter { !isOnlyNoted($0, reason) }) {
            .revoke(
                certificateID: $0.id, reason: reason, cause: cause, actor: actor, notBefore: notBefore,
                isOrderedAgain: isOrderedAgain)
        }
    }

    private func ask(
        _ records: [CertificateRecord], _ make: (CertificateRecord) -> NewCertificateAction
    ) async throws -> [CertificateAction] {
        var made: [CertificateAction] = []
        for start in stride(from: 0, to: records.count, by: Self.batch) {
            let wishes = records[start...].prefix(Self.batch).map(make)
            let withdrawals = try await ledger.withdrawals(with: wishes)
            made += try await ledger.ask(wishes + withdrawals).prefix(wishes.count)
        }
        return made
    }

    /// Takes the revocations of a selection back that have not left, or works on those again that are held.
    ///
    /// - Returns: what was changed, and why what could not be was not.
    public func change(
        _ records: [CertificateRecord], _ change: Change
    ) async throws -> (changed: [CertificateAction], refused: [String]) {
        try await entrance.pass(
            .revoke, to: wish(change == .undo ? .undoRevocation : .retryRevocation, records, "")
        ) { try await carryOut(change, records) }
    }

    private func carryOut(
        _ change: Change, _ records: [CertificateRecord]
    ) async throws -> (changed: [CertificateAction], refused: [String]) {
        var (changed, refused): ([CertificateAction], [String]) = ([], [])
        for record in records {
            let open = try await ledger.actions(CertificateActionFilter(kinds: [.revoke], certificateID: record.id))
            guard let action = open.first(where: \.state.stands) else {
                refused.append("certificate \(record.serialNumber): nobody has asked to revoke it")
                continue
            }
            do {
                changed.append(
                    change == .undo
                        ? try await ledger.undo(action.id, by: actor)
                        : try await ledger.retry(action: action.id, by: actor))
            } catch let error as LedgerError {
                refused.append("certificate \(record.serialNumber): \(error)")
            }
        }
        return (changed, refused)
    }

    /// What can still be done about a wish.
    public enum Change: Sendable {
        case undo, retry
    }
}
