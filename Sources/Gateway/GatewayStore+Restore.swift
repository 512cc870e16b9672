// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Notification
import Planning
import Records
import Settings
import SignIn
import Store

extension GatewayStore {
    /// Which file this gateway has worked with last.
    private static let fileState = "restore.file"
    /// Since when orders have references that lead to them whatever becomes of the database.
    private static let findableState = "restore.findableSince"

    /// That an end of the audit trail, as some node has kept it beside the database, was missed and acted on.
    private static func missedState(_ mark: AuditMark) -> String {
        "restore.missedMark.\(mark.number).\(mark.hash.prefix(16))"
    }

    /// Notices that the database is an older copy, or that somebody has put it there, and keeps the doubt in it: each new order is
    /// looked for at its CA from now on. Costs a few look-ups.
    func lookForRestore(_ door: StoreDoor) async throws {
        // First: what others write meanwhile is in the database before it is beside it.
        let mark = home.auditMark
        let missed = try await missedRecord(mark)
        let finding = try await submissionMark.examine { try await ledger.submissionCount() }
        let known = try await ledger.state(Self.fileState)?.string
        // What is on a server is not put in its place by copying a file.
        let identity = door.fileIdentity
        // The database was an older version's until now, whose orders nothing leads to.
        let hasNewReferences = try await ledger.state(OrderLedger.newReferencesState) != nil
        let isMoved = known != nil && identity != nil && known != identity
        let cause: String? =
            switch finding {
            case .olderDatabase(let remembered, let left):
                "the database remembers \(remembered) requests to CAs and \(left) have left: it is an older copy"
            case .missing(let remembered):
                "the database remembers \(remembered) requests to CAs, and the number kept in \(home.path) is gone: it may be an older copy"
            case .consistent where isMoved:
                "certway.db was put in its place since this gateway last worked with it: it may be an older copy"
            // Whoever puts back the database and the number beside it leaves the end of the trail where it is.
            case .consistent: missed.map { "\($0): it may be an older copy" }
            }
        if let cause {
            if hasNewReferences { try await RestoreDoubt.forbid(ledger) }
            // Where nothing leads to what was lost, RestoreCheck says what it says of every older copy.
            if try await RestoreDoubt.isPossible(ledger) {
                try await doubt(cause)
            } else {
                try await keepWhatWasToComeOnce(because: cause)
            }
        }
        // The signs go last: whoever dies before finds them again.
        if missed != nil, let mark { try await ledger.setState(Self.missedState(mark), true) }
        if known != identity { try await ledger.setState(Self.fileState, identity.map { .string($0) }) }
        guard hasNewReferences else { return }
        // A later sign may show orders from before, when this was an older version's database, or another one.
        try await ledger.setState(Self.findableState, .string(ledger.clock.now().ISO8601Format()))
        try await ledger.setState(OrderLedger.newReferencesState, nil)
    }

    /// That the audit trail does not go through what its end was; nil when it does, and for what was acted on before.
    private func missedRecord(_ mark: AuditMark?) async throws -> String? {
        guard let mark, let breach = try await ledger.audit.breach(of: mark),
            try await ledger.state(Self.missedState(mark)) == nil
        else { return nil }
        return breach
    }

    /// Whether what was lost can be looked for at the CAs.
    ///
    /// - Parameter oldest: when the oldest of it came into use; nil where nothing tells.
    func isFindable(_ oldest: Date?) async throws -> Bool {
        guard try await RestoreDoubt.isPossible(ledger) else { return false }
        let since = try await ledger.state(Self.findableState)?.string.flatMap { try? Date($0, strategy: .iso8601) }
        guard let since, let oldest else { return true }
        return oldest >= since
    }

    /// The database has been put in its place with everything that the former one knew: the next to open it remembers its file.
    public static func forgetFile(_ ledger: OrderLedger) async throws { try await ledger.setState(fileState, nil) }

    private static let gateway = "the gateway"
    /// That the signs of a copy of an older version have been acted on: they stay until a person consents.
    static let keptState = "restore.kept"

    /// The same for signs that are seen with each opening: what a person has let go on since goes on.
    func keepWhatWasToComeOnce(because cause: String) async throws {
        guard try await ledger.state(Self.keptState) == nil else { return }
        try await Self.keepWhatWasToCome(in: ledger, by: Self.gateway, because: cause)
        try await ledger.setState(Self.keptState, true)
    }

    /// What an older copy says is under way or to come may be over, or taken back, since: incidents are paused, switches to another CA
    /// do not begin and what was asked for a later time is not done until a person says so, and a consent to a plan, which is good for one placing, is asked for again. Each of them
    /// would buy for everybody. API tokens and sessions end: one of them may have been taken from somebody since.
    ///
    /// - Parameter actor: who or what has put the copy there, for people.
    public static func keepWhatWasToCome(
        in ledger: OrderLedger, by actor: String, because cause: String
    ) async throws {
        let incidents = IncidentStore(database: ledger.database)
        for incident in try await incidents.open() {
            _ = try await incidents.change(incident.name, by: actor, at: ledger.clock.now()) {
                $0.pause(by: "\(actor): \(cause)")
            }
        }
        try await APITokenStore(database: ledger.database, clock: ledger.clock).revokeAll(by: "\(actor): \(cause)")
        try await ledger.holdDelayedActions(by: actor, because: cause)
        try await ConfigurationStore(ledger: ledger).keepComingSwitches(
            because: "\(cause), and whether it was taken back since is not known", by: AuditActor(named: actor))
        if let consent = try await OrderConsent.pending(on: ledger.database) {
            _ = try await OrderConsent.void(
                consent.planned?.fingerprint ?? "any", by: actor, because: cause, on: ledger.database)
        }
    }

    /// The same by a person's word, where nothing shows it.
    ///
    /// - Returns: what is in doubt from now on.
    public func declareRestored(by actor: String) async throws -> RestoreDoubt {
        let cause = "\(actor) says that an older copy of the database was put back"
        try await doubt(cause)
        guard let doubt = try await RestoreDoubt.current(ledger) else {
            throw StoreError(.corrupt, "what was put on record about the restored database cannot be read")
        }
        return doubt
    }

    /// Puts on record that the database may be an older copy, and why; the number beside it counts from here again.
    ///
    /// - Parameter since: what may be lost was ordered later, where something tells; see `RestoreDoubt.note`.
    func doubt(_ cause: String, since: Date? = nil) async throws {
        let remembered = try await ledger.submissionCount()
        var targets = submissionMark.targets(since: remembered)
        // Of what other nodes have sent the file of this one says nothing.
        targets.isWhole = targets.isWhole && !isShared
        // By the time of the events that it is compared with.
        try await RestoreDoubt.note(cause, since: since, targets: targets, at: ledger.clock.now(), ledger)
        try await NoticeReader.beginAnew(ledger, because: cause)
        try await Self.keepWhatWasToCome(in: ledger, by: Self.gateway, because: cause)
        try submissionMark.reset(to: remembered)
    }
}

extension Gateway {
    /// That the database may be an older copy; nil when nothing says so.
    public var restoreDoubt: RestoreDoubt? {
        get async throws { try await RestoreDoubt.current(ledger) }
    }

    /// Where nothing leaves because of it, one sentence for each backend CA; and where each order is looked for.
    public func restoreDoubts() async throws -> (stops: [String], notes: [String]) {
        guard let doubt = try await restoreDoubt else { return ([], []) }
        var (stops, searched): ([String], [String]) = ([], [])
        for name in Set(configuration.templates.filter(\.enabled).map(\.backendCA)).sorted() {
            guard case .ready(let backend)? = backends[name] else { continue }
            guard let stop = doubt.stop(at: backend, among: backends) else {
                searched.append(name)
                continue
            }
            if !stops.contains(stop) { stops.append(stop) }
            // For those who make no connector.
            let known = try await ledger.stopped(.olderCopy, of: name)
            if known?.string != stop { try await ledger.stop(.olderCopy, of: name, .string(stop)) }
        }
        guard !searched.isEmpty else { return (stops, []) }
        return (
            stops,
            [
                "\(doubt.cause): each new order is looked for at \(searched.joined(separator: ", ")) before it leaves; what is there "
                    + "already waits for a person ('certway order list --held')"
            ]
        )
    }
}
