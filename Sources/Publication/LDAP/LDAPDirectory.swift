// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Secrets
public import Settings

/// A directory that speaks LDAP (RFC 4511): certificates stand in `userCertificate;binary` of a person's entry (RFC 4523, wire sheet
/// exchange-online section 7). Entries are somebody else's: none is made, none is removed.
public struct LDAPDirectory: CertificateDirectory {
    public let name: String
    private let server: LDAPServerConfiguration
    private let queue = DispatchQueue(label: "ldap", attributes: .concurrent)
    static let attribute = "userCertificate;binary"

    public init(name: String, server: LDAPServerConfiguration) { (self.name, self.server) = (name, server) }

    public func check() async throws -> String {
        try await connected { connection in
            // A search that finds nobody still tells whether base and filter are understood.
            _ = try connection.search(server.base, filter(mail: "nobody", name: "nobody", id: "nobody"), Self.attribute)
            return "\(server.url) lets the gateway search below \(server.base)"
        }
    }

    public func read(_ subject: PublicationSubject) async throws -> DirectoryEntry {
        try await connected { connection in
            let entry = try entry(of: subject, connection)
            return DirectoryEntry(name: entry.identity ?? entry.name, values: entry.values)
        }
    }

    public func read(entry: String) async throws -> [[UInt8]] {
        try await connected { try find(entry, $0)?.values ?? [] }
    }

    public func remove(_ old: [[UInt8]], from entry: String) async throws {
        try await connected { connection in
            guard let present = try find(entry, connection) else { return }
            try Self.change(present, adding: [], removing: old, connection)
        }
    }

    public func write(
        adding new: [[UInt8]], removing old: [[UInt8]], for subject: PublicationSubject, over present: [[UInt8]]
    ) async throws {
        try await connected { connection in
            try Self.change(try entry(of: subject, connection), adding: new, removing: old, connection)
        }
    }

    /// An entry by what `read` has called it.
    private func find(_ name: String, _ connection: LDAPConnection) throws(PublicationError) -> LDAPConnection.Entry? {
        name.hasPrefix("(")
            ? try connection.entry(identity: name, below: server.base, Self.attribute)
            : try connection.entry(name, Self.attribute)
    }

    private static func change(
        _ entry: LDAPConnection.Entry, adding new: [[UInt8]], removing old: [[UInt8]], _ connection: LDAPConnection
    ) throws(PublicationError) {
        // What is there already, or gone already, would fail the whole operation.
        let (added, removed) = (new.filter { !entry.values.contains($0) }, old.filter(entry.values.contains))
        let changes: [(LDAPConnection.Change, values: [[UInt8]])] =
            (removed.isEmpty ? [] : [(.remove, removed)]) + (added.isEmpty ? [] : [(.add, added)])
        guard !changes.isEmpty, try !connection.modify(entry.name, attribute, changes) else { return }
        let kept = entry.values.filter { !removed.contains($0) } + added
        _ = try connection.modify(entry.name, attribute, [(.replace, kept)])
    }

    /// The one entry of a person: by each address in turn where the filter asks for one.
    private func entry(
        of subject: PublicationSubject, _ connection: LDAPConnection
    ) throws(PublicationError) -> LDAPConnection.Entry {
        let mails = server.filter.contains("{mail}") ? subject.addresses : [""]
        for mail in mails.isEmpty ? [subject.userPrincipalName] : mails {
            let found = try connection.search(
                server.base, filter(mail: mail, name: subject.userPrincipalName, id: subject.id), Self.attribute)
            if found.count > 1 {
                // Nobody knows in which of them it stands: that is no sign that it stands nowhere.
                throw PublicationError(
                    .configuration,
                    "several entries below \(server.base) are \(subject.userPrincipalName)'s by \(server.filter): \(found.map(\.name)[0]) "
                        + "is one of them; make filter or entries unambiguous")
            }
            if let entry = found.first { return entry }
        }
        throw PublicationError(
            .noEntry,
            "no entry below \(server.base) is \(subject.userPrincipalName)'s by \(server.filter); make one, or leave this directory out"
        )
    }

    private func filter(mail: String, name: String, id: String) -> String {
        [("mail", mail), ("userPrincipalName", name), ("id", id)].reduce(server.filter) { filter, part in
            filter.replacing("{\(part.0)}", with: LDAPConnection.escaped(part.1.utf8))
        }
    }

    /// Runs work on a connection, on a thread of its own: the library blocks.
    private func connected<Value: Sendable>(
        _ body: @escaping @Sendable (LDAPConnection) throws -> Value
    ) async throws -> Value {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result {
                        var password: Secret?
                        if case .simple(_, let reference) = server.signIn {
                            do throws(SettingsError) {
                                password = try reference.resolve(for: "directories.\(name).bindPassword")
                            } catch {
                                throw PublicationError(.configuration, error.message)
                            }
                        }
                        return try body(try LDAPConnection(server, password: password))
                    })
            }
        }
    }
}
