// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Gateway
public import JSONDocuments
import Ledger
public import Publication
import Records
import Settings
public import Store

/// Where others find certificates: what is wanted there, what is there, and putting it right.
public struct PublicationAdministration: Sendable {
    private let gateway: Gateway
    private let caller: Caller

    public init(_ gateway: Gateway, caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// - Throws: `ListError`, `StoreError`.
    public func list(_ filter: PublicationFilter, _ request: ListRequest) async throws -> ListPage<PublicationRecord> {
        try await gateway.publications.list(filter, request)
    }

    /// Each directory of the configuration, and each in which certificates stand of before, with how many stand there in which state.
    ///
    /// - Throws: `StoreError`.
    public func standing() async throws -> [DirectoryStanding] {
        let counts = try await gateway.publications.counts()
        let configured = gateway.configuration.directories
        let former = Set(counts.map(\.place)).subtracting(configured.map(\.name)).sorted()
        func standing(_ name: String, _ kind: CertificateDirectoryConfiguration.Kind?) -> DirectoryStanding {
            DirectoryStanding(
                name: name, kind: kind, templates: gateway.publishing(in: name),
                counts: Dictionary(
                    counts.filter { $0.place == name }.map { ($0.state, $0.count) }, uniquingKeysWith: +))
        }
        return configured.map { standing($0.name, $0.kind) } + former.map { standing($0, nil) }
    }

    /// Asks each directory whether it lets itself be searched; changes nothing.
    ///
    /// - Parameter place: this one alone; nil for all.
    /// - Throws: `Obstacle` for a directory that is not configured.
    public func check(_ place: String?) async throws -> [JSONValue] {
        var findings: [JSONValue] = []
        for configured in try directories(place) {
            do {
                let sentence = try await gateway.certificateDirectory(configured).check()
                findings.append(["directory": .string(configured.name), "ok": true, "finding": .string(sentence)])
            } catch {
                findings.append([
                    "directory": .string(configured.name), "ok": false,
                    "finding": .string((error as? PublicationError)?.message ?? "\(error)"),
                ])
            }
        }
        return findings
    }

    /// What a repair would change; reads every person's entry, and changes nothing.
    ///
    /// - Throws: as `check`; `StoreError`.
    public func differences(_ place: String?) async throws -> [PublicationKeeper.Difference] {
        var found: [PublicationKeeper.Difference] = []
        for configured in try directories(place) {
            try await gateway.publications.want(
                in: configured.name, of: gateway.publishing(in: configured.name), limit: 100_000)
            let keeper = try gateway.publicationKeeper(configured)
            for subscriber in try await gateway.publications.subscribers(in: configured.name) {
                if let difference = try await keeper.difference(of: subscriber) { found.append(difference) }
            }
        }
        return found
    }

    /// Lets the service, or the next single pass, look at everything in the directories at once and put it right.
    ///
    /// - Returns: how many certificates it looks at.
    /// - Throws: as `check`; `AccessDenied`.
    public func repair(_ place: String?) async throws -> Int {
        let wish = Entrance.Wish(.repairPublication, AuditObject(.job, "publication"))
        return try await Entrance(caller, gateway.ledger.audit).pass(.redeliver, to: wish, .all) {
            _ = try directories(place)
            let store = gateway.publications
            let actor = AuditActor(named: caller.name)
            return try await gateway.ledger.database.write { connection in
                let count = try store.hurry(in: place, all: true, on: connection)
                try AuditTrail.record(
                    AuditEntry(
                        .repairPublication, AuditObject(.job, "publication"), by: actor,
                        after: ["directory": JSONValue(place), "certificates": JSONValue(count)]), on: connection)
                return count
            }
        }
    }

    /// Cmdlets that do by hand what is still to be done in a directory of kind `exchange`.
    ///
    /// - Throws: as `check`, also for one of another kind.
    public func script(_ place: String?) async throws -> String {
        let exchange = try directories(place).filter { $0.kind == .exchange }
        guard let one = exchange.first, exchange.count == 1 else {
            throw Obstacle(
                "a script is for one directory of kind exchange, and \(exchange.count) are meant",
                instead: "name it by --directory")
        }
        try await gateway.publications.want(in: one.name, of: gateway.publishing(in: one.name), limit: 100_000)
        return try await gateway.publications.script(of: one.name)
    }

    private func directories(_ place: String?) throws -> [CertificateDirectoryConfiguration] {
        let all = gateway.configuration.directories
        guard let place else { return all }
        guard let one = all.first(where: { $0.name == place }) else {
            let names = all.map(\.name).joined(separator: ", ")
            throw Obstacle(
                "directory \(place) is not configured",
                instead: names.isEmpty ? "add section directories" : "use one of \(names)")
        }
        return [one]
    }
}
