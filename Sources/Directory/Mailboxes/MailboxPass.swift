// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ExchangeOnline
import Foundation
import JSONDocuments
import MicrosoftGraph
import Store

extension DirectorySynchronizer {
    /// Brings the mirror of the shared mailboxes and of those who may open them up to date: a list, a question for each mailbox (once a day
    /// two), and the groups that may.
    ///
    /// Nobody is taken off by an answer that is incomplete: a list that cannot be read, one that has become empty, one with somebody in
    /// it who is not found.
    /// - Throws: `GraphError` when the mailboxes cannot be listed, or the list has become empty; `StoreError`;
    ///   `LedgerError.notInCharge`; `CancellationError`.
    public func synchronizeMailboxes(_ exchange: ExchangeAdminClient) async throws -> SynchronizationReport {
        let pass = MailboxPass(synchronizer: self, exchange: exchange)
        do {
            return try await pass.run()
        } catch let error as GraphError {
            // What the directory says of people's accounts holds whether or not Exchange answers.
            try await pass.noteAccounts()
            throw error
        }
    }
}

/// Reads the shared mailboxes and who may open them.
struct MailboxPass {
    let synchronizer: DirectorySynchronizer
    let exchange: ExchangeAdminClient
    private let root = DirectoryMirror.allMailboxes

    init(synchronizer: DirectorySynchronizer, exchange: ExchangeAdminClient) {
        self.synchronizer = synchronizer
        self.exchange = exchange
    }

    private var source: DirectorySource { synchronizer.source }
    private var database: any SQLDatabase { synchronizer.database }

    func run() async throws -> SynchronizationReport {
        let listed = try await exchange.invoke(
            "Get-Mailbox", ["RecipientTypeDetails": "SharedMailbox", "ResultSize": "Unlimited"],
            properties: ["ExternalDirectoryObjectId", "PrimarySmtpAddress", "DisplayName"])
        var mailboxes: [String: (address: String, name: String)] = [:]
        for row in listed {
            guard let id = row["ExternalDirectoryObjectId"]?.string?.lowercased(), id.utf8.count == 36,
                let address = row["PrimarySmtpAddress"]?.string?.lowercased()
            else { continue }
            mailboxes[id] = (address, row["DisplayName"]?.string ?? address)
        }
        let known = try await database.read { try DirectoryMirror.mailboxes("present = 1", [], on: $0) }
        guard !mailboxes.isEmpty || known.isEmpty else {
            throw GraphError(
                .transient,
                "Exchange lists no shared mailbox any more, and listed \(known.count) before: nothing is concluded from that"
            )
        }
        let report = try await note(mailboxes)
        try await synchronizer.followAddresses()
        var resolver = TrusteeResolver(synchronizer: synchronizer, exchange: exchange)
        let before = Dictionary(known.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for id in mailboxes.keys.sorted() {
            try Task.checkCancellation()
            try await readPeople(of: id, before[id], &resolver)
        }
        return report
    }

    private func note(
        _ mailboxes: [String: (address: String, name: String)]
    ) async throws -> SynchronizationReport {
        _ = try await UnknownPeople(source: source, database: database, root: "").fetch(among: Set(mailboxes.keys))
        let (root, now) = (root, synchronizer.clock.now())
        return try await database.write { connection in
            let generation = try DirectorySchema.generations.take(on: connection)
            let writer = MirrorWriter(connection, root: root)
            let before = Dictionary(
                uniqueKeysWithValues: try DirectoryMirror.mailboxes("present = 1", [], on: connection).map {
                    ($0.id, $0.address)
                })
            var moved: Set<String> = []
            for id in mailboxes.keys.sorted() {
                try writer.addEdge(GroupEdge(group: root, member: id, isGroup: false), generation: generation)
                let (address, name) = mailboxes[id] ?? ("", "")
                if before[id] != address { moved.insert(id) }
                try connection.put(
                    into: "shared_mailboxes", key: ["id": SQLValue(id)],
                    values: [
                        "address": .text(connection.dialect.cut(address, to: 320)), "name": .text(name.storable),
                        "present": .integer(1),
                    ])
            }
            let gone = try DirectoryMirror.mailboxes("present = 1", [], on: connection).filter {
                mailboxes[$0.id] == nil
            }
            for mailbox in gone {
                try connection.execute(
                    "UPDATE shared_mailboxes SET present = 0 WHERE id = ?", [SQLValue(mailbox.id)])
            }
            // Certificates of those who may open one may say its address.
            for id in moved.union(gone.map(\.id)).sorted() {
                for person in try DirectoryMirror.mailboxPeople("mailbox_id = ?", [SQLValue(id)], on: connection) {
                    try writer.markChanged(person.personID)
                }
            }
            try writer.removeEdges(before: generation)
            let counts = try writer.finish()
            try connection.put(
                into: "directory_roots", key: ["root_group": SQLValue(root)],
                values: [
                    "name": .text("shared mailboxes"), "scope": .text("exchange"), "users_epoch": .integer(0),
                    "member_count": SQLValue(mailboxes.count), "full_pass_at": SQLValue(now), "read_at": SQLValue(now),
                ])
            var report = SynchronizationReport(mode: .full)
            report.groupName = "shared mailboxes"
            (report.joined, report.left, report.changed) = (counts.joined, counts.left, counts.changed)
            (report.total, report.groups) = (mailboxes.count, 1)
            return report
        }
    }

    /// Notes what has changed in the accounts of those who may open mailboxes.
    func noteAccounts() async throws {
        let (database, now) = (database, synchronizer.clock.now())
        for mailbox in try await database.read({ try DirectoryMirror.mailboxes("present = 1", [], on: $0) }) {
            try await database.write { connection in
                guard try MailboxAccounts(connection: connection).note(ofMailbox: mailbox.id, at: now) else { return }
                try DirectoryMirror.markChanged([mailbox.id], on: connection)
            }
        }
    }

    /// Whether it is time to ask who may write in the name of a mailbox. That says nothing about keys, so it is asked once a day, of each
    /// mailbox at its own time of the day, and again after a reading with a problem.
    static func asksForSenders(of id: String, _ mailbox: SharedMailbox?, at now: Date) -> Bool {
        guard let mailbox, let readAt = mailbox.readAt, mailbox.problem == nil else { return true }
        let offset = Double(id.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF }) / 65536 * 86400
        func day(_ date: Date) -> Double { ((date.timeIntervalSince1970 + offset) / 86400).rounded(.down) }
        return day(now) != day(readAt)
    }

    private func readPeople(of id: String, _ mailbox: SharedMailbox?, _ resolver: inout TrusteeResolver) async throws {
        var found: [String: (rights: MailboxRights, via: Set<String>)] = [:]
        var problem: String?
        // What was not asked for stays as it is.
        var kept: MailboxRights = []
        do {
            let rows = try await exchange.invoke("Get-MailboxPermission", ["Identity": .string(id)])
            let asksForSenders = Self.asksForSenders(of: id, mailbox, at: synchronizer.clock.now())
            let senders =
                asksForSenders
                ? try await exchange.invoke("Get-RecipientPermission", ["Identity": .string(id)]) : []
            if !asksForSenders { kept = .sendAs }
            // Each mailbox may open itself: a list without a row is none.
            guard !rows.isEmpty else {
                throw GraphError(.transient, "the list of its permissions came without a row")
            }
            let given =
                rows.compactMap {
                    MailboxPermissionRow($0, name: "User", right: "FullAccess", means: .fullAccess)
                }
                + senders.compactMap {
                    MailboxPermissionRow($0, name: "Trustee", right: "SendAs", means: .sendAs)
                }
            for row in given where !row.isDenied {
                switch try await resolver.resolve(row.user) {
                case .person(let person):
                    found[person, default: ([], [])].rights.insert(row.rights)
                    found[person]?.via.insert("")
                case .group(let name, let people):
                    for person in people {
                        found[person, default: ([], [])].rights.insert(row.rights)
                        found[person]?.via.insert(name)
                    }
                case .unknown(let sentence): problem = problem ?? sentence
                }
            }
            for row in given where row.isDenied {
                let people: [String]
                switch try await resolver.resolve(row.user) {
                case .person(let person): people = [person]
                case .group(_, let members): people = members
                case .unknown:
                    // It may be anybody of those who are allowed.
                    throw GraphError(.transient, "it is denied to \(row.user), and who that is cannot be told")
                }
                for person in people {
                    found[person]?.rights.remove(row.rights)
                    if found[person]?.rights.isEmpty ?? false { found[person] = nil }
                }
            }
        } catch let error as GraphError {
            found = [:]
            problem = "who may open it cannot be read, so nobody is taken off and nobody added: \(error)"
        }
        try await write(found, keeping: kept, problem, of: id)
    }

    private func write(
        _ read: [String: (rights: MailboxRights, via: Set<String>)], keeping kept: MailboxRights, _ trouble: String?,
        of id: String
    ) async throws {
        let now = synchronizer.clock.now()
        try await database.write { connection in
            let known = try DirectoryMirror.mailboxPeople("mailbox_id = ?", [SQLValue(id)], on: connection)
            var problem = trouble
            var found = read
            for old in known where old.isPresent && !old.rights.isDisjoint(with: kept) {
                // One word says of both rights by which groups they are.
                let via = old.via.isEmpty ? [""] : Set(old.via.components(separatedBy: ", "))
                found[old.personID, default: ([], [])].rights.formUnion(old.rights.intersection(kept))
                found[old.personID]?.via.formUnion(via)
            }
            let isEmptied =
                !found.values.contains { $0.rights.contains(.fullAccess) }
                && known.contains { $0.isPresent && $0.rights.contains(.fullAccess) }
            if isEmptied, problem == nil {
                problem =
                    "Exchange says that nobody may open it any more; nobody is taken off by that: if it is so, "
                    + "'certway mailbox release' says it"
            }
            var changed: Set<String> = []
            for person in found.keys.sorted() {
                let (rights, via) = found[person] ?? ([], [])
                let names = via.contains("") ? "" : via.sorted().joined(separator: ", ")
                let old = known.first { $0.personID == person }
                if let old, old.isPresent, old.rights == rights, old.via == names { continue }
                // With half an answer rights are added and never taken.
                let kept = problem == nil || old?.isPresent != true ? rights : rights.union(old?.rights ?? [])
                changed.insert(person)
                try connection.put(
                    into: "mailbox_people", key: ["mailbox_id": SQLValue(id), "person_id": SQLValue(person)],
                    values: [
                        "rights": SQLValue(kept.rawValue), "via": .text(names.storable), "present": .integer(1),
                        "since": SQLValue(old?.isPresent == true ? old?.since ?? now : now),
                    ])
            }
            if problem == nil {
                for old in known where old.isPresent && found[old.personID] == nil {
                    changed.insert(old.personID)
                    try connection.execute(
                        "UPDATE mailbox_people SET present = 0, since = ? WHERE mailbox_id = ? AND person_id = ?",
                        [SQLValue(now), SQLValue(id), SQLValue(old.personID)])
                }
            }
            try connection.execute(
                "UPDATE shared_mailboxes SET read_at = ?, problem = ? WHERE id = ?",
                [SQLValue(now), SQLValue(problem?.storable), SQLValue(id)])
            let isNoted = try MailboxAccounts(connection: connection).note(ofMailbox: id, at: now)
            if isNoted || !changed.isEmpty { try DirectoryMirror.markChanged(changed.union([id]), on: connection) }
        }
    }
}
