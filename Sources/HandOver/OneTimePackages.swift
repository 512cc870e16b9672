// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Foundation
import JSONDocuments
public import PKIX
public import Secrets
public import SignIn
public import Store

/// One-time packages, in the database that all nodes share. The content is sealed with the gateway's key under the hash of its link, and
/// of the link only that hash is stored. Never the only copy of a key: what is lost on its way is offered again (docs/decisions/0049).
public struct OneTimePackages: Sendable {
    /// Ended packages are listed for so long, in seconds; the audit trail has them for ever.
    public static let memory: TimeInterval = 90 * 86400

    private let database: any SQLDatabase
    private let clock: any ConnectorClock
    private let sealingKey: @Sendable () throws -> SealingKey

    /// - Parameters:
    ///   - database: one that records what is written into the audit trail.
    ///   - sealingKey: the gateway's.
    public init(
        database: any SQLDatabase, clock: any ConnectorClock, sealingKey: @escaping @Sendable () throws -> SealingKey
    ) {
        (self.database, self.clock, self.sealingKey) = (database, clock, sealingKey)
    }

    private static func context(_ hash: String) -> String { "one-time package \(hash)" }

    // MARK: - Offering

    /// Seals a package and writes nothing.
    ///
    /// - Throws: what reading the sealing key throws.
    public func prepare(_ new: NewPackage, content: Secret) throws -> PreparedPackage {
        let secret = SecretText.session()
        let sealed = try sealingKey().seal(content, context: Self.context(secret.hash))
        return PreparedPackage(secret: secret, new: new, sealed: sealed)
    }

    /// Puts a prepared package on offer, inside the transaction of what it belongs to; with a record.
    public func offer(_ package: PreparedPackage, on connection: any SQLConnection) throws -> OneTimePackage {
        try PackageTable(connection: connection).insert(package, at: clock.now().roundedToMilliseconds)
    }

    /// Puts a package on offer.
    ///
    /// - Returns: the secret of its link, which is told here once and never again.
    public func offer(
        _ new: NewPackage, content: Secret
    ) async throws -> (secret: SecretText, package: OneTimePackage) {
        let prepared = try prepare(new, content: content)
        return (prepared.secret, try await database.write { try offer(prepared, on: $0) })
    }

    /// Notes a package that leaves by mail, inside the transaction that posts the mail: nobody fetches it.
    ///
    /// - Parameters:
    ///   - prepared: with nothing in it, for the outbox has the file.
    ///   - cause: which way it goes, for the audit records.
    public func note(
        mailed prepared: PreparedPackage, because cause: String, on connection: any SQLConnection
    ) throws -> OneTimePackage {
        let table = PackageTable(connection: connection)
        let package = try offer(prepared, on: connection)
        try table.end(
            package, .mailed, by: package.offeredBy, because: cause, at: clock.now().roundedToMilliseconds)
        return try table.packages("WHERE id = ?", [.integer(package.id)]).first ?? package
    }

    // MARK: - Fetching

    /// By what somebody asks for a package.
    public enum Way: Sendable {
        /// The link.
        case secret(SecretText)
        /// Its number; for the recipient alone.
        case number(Int64)

        /// What a link carries; nil for what cannot be from one.
        public static func link(_ text: String) -> Way? { SecretText.session(cookie: text).map(Way.secret) }
    }

    /// What is known of a package, without fetching it; nil where there is none. Tells nothing that its link must not tell.
    public func look(_ way: Way) async throws -> OneTimePackage? {
        let (condition, value) = Self.condition(way)
        return try await database.read { try PackageTable(connection: $0).packages(condition, [value]).first }
    }

    private static func condition(_ way: Way) -> (String, SQLValue) {
        switch way {
        case .secret(let secret): ("WHERE hash = ?", .text(secret.hash))
        case .number(let id): ("WHERE id = ?", .integer(id))
        }
    }

    /// Fetches a package, the one time. It is claimed and its content erased in the transaction that reads it: a process that ends between
    /// that and the answer leaves a package that counts as fetched, and nobody gets it twice.
    ///
    /// - Parameters:
    ///   - recipient: who asks; nil for who is not signed in.
    ///   - name: the same for the record.
    /// - Throws: `PKIXError` where the sealing key does not open it, which then stays as it was; `StoreError`.
    public func fetch(_ way: Way, as recipient: PackageRecipient?, named name: String) async throws -> PackageAnswer {
        let key = try sealingKey()
        let now = clock.now().roundedToMilliseconds
        let (condition, value) = Self.condition(way)
        let answer: PackageAnswer = try await database.write { connection in
            let table = PackageTable(connection: connection)
            func found() throws -> OneTimePackage? {
                try table.packages(condition, [value], lock: connection.dialect.rowLock).first
            }
            guard let package = try found() else { return .unknown }
            guard package.ending == nil else { return .ended(package) }
            guard package.isOpen(at: now) else {
                try table.end(package, .expired, by: "the gateway", at: now)
                return .ended(try found() ?? package)
            }
            // The number is no secret, so that it is worth something in the hand of one person alone.
            var needsRecipient = package.needsRecipient
            if case .number = way { needsRecipient = true }
            if needsRecipient, recipient?.text != package.recipient.text {
                // Whoever is not signed in has not come as somebody else.
                guard recipient != nil else { return .foreign(package) }
                // Numbers are counted up by anybody: only who has the link has come with something of it.
                if case .number = way { return .foreign(package) }
                try table.countWrongAttempt(package, by: name)
                if package.wrongAttempts + 1 >= package.mostWrongAttempts {
                    try table.end(package, .locked, by: name, at: now)
                }
                return .foreign(package)
            }
            guard let content = try table.content(package.id) else {
                throw StoreError(.corrupt, "package \(package.id) is open and has no content")
            }
            // Opened before it is ended: what this key does not open is not used up by trying.
            let opened = try key.open(content.sealed, context: Self.context(content.hash))
            try table.end(package, .fetched, by: name, at: now)
            return .content(opened, package)
        }
        if case .content = answer { PackageBoundary.packageClaimed.pass() }
        return answer
    }

    // MARK: - Looking and ending

    /// The packages of somebody, the newest first; those that ended within `memory`, too.
    public func list(for recipient: PackageRecipient) async throws -> [OneTimePackage] {
        try await database.read {
            try PackageTable(connection: $0).packages("WHERE recipient = ? ORDER BY id DESC", [.text(recipient.text)])
        }
    }

    /// The packages about something, the newest first.
    public func list(about: String) async throws -> [OneTimePackage] {
        try await database.read { try list(about: about, on: $0) }
    }

    /// The same, inside a transaction.
    public func list(about: String, on connection: any SQLConnection) throws -> [OneTimePackage] {
        try PackageTable(connection: connection).packages("WHERE about = ? ORDER BY id DESC", [.text(about)])
    }

    /// Takes back what is on offer about something for a purpose: a newer one takes its place.
    ///
    /// - Returns: how many were open.
    @discardableResult
    public func withdraw(
        about: String, _ purposes: [OneTimePackage.Purpose], by actor: String, on connection: any SQLConnection
    ) throws -> Int {
        let table = PackageTable(connection: connection)
        let now = clock.now().roundedToMilliseconds
        let open = try table.packages(
            "WHERE about = ? AND ending IS NULL ORDER BY id", [.text(about)], lock: connection.dialect.rowLock
        ).filter { purposes.contains($0.purpose) }
        for package in open { try table.end(package, .withdrawn, by: actor, at: now) }
        return open.count
    }

    /// Takes back one package, and with it those about the same thing that were made in the same breath, such as its password.
    ///
    /// - Parameter cause: why, for the audit records.
    /// - Returns: whether it was open; one that has ended stays as it is.
    public func withdraw(
        _ package: OneTimePackage, by actor: String, because cause: String? = nil
    ) async throws -> Bool {
        let now = clock.now().roundedToMilliseconds
        return try await database.write { connection in
            let table = PackageTable(connection: connection)
            let open = try table.packages(
                "WHERE about = ? AND offered_at = ? AND ending IS NULL ORDER BY id",
                [.text(package.about), SQLValue(package.offeredAt)], lock: connection.dialect.rowLock)
            for one in open { try table.end(one, .withdrawn, by: actor, because: cause, at: now) }
            return open.contains { $0.id == package.id }
        }
    }

    /// Erases what nobody has fetched in time, and forgets the ended ones in the end. Bounded, and safe to repeat.
    ///
    /// - Returns: how many have expired now.
    @discardableResult
    public func expire(_ most: Int = 500) async throws -> Int {
        let now = clock.now().roundedToMilliseconds
        return try await database.write { connection in
            let table = PackageTable(connection: connection)
            let over = try table.packages(
                "WHERE ending IS NULL AND ends_at <= ? ORDER BY id \(connection.dialect.page(most, 0))",
                [SQLValue(now)], lock: connection.dialect.skippingLock)
            for package in over { try table.end(package, .expired, by: "the gateway", at: now) }
            try connection.execute(
                "DELETE FROM one_time_packages WHERE ending IS NOT NULL AND ended_at < ?",
                [SQLValue(now.addingTimeInterval(-Self.memory))])
            return over.count
        }
    }
}
