// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
public import Publication
public import Settings

extension Gateway {
    /// What is wanted and known of certificates in directories.
    public var publications: PublicationStore { PublicationStore(ledger) }

    /// A directory as it is configured; cheap, without network.
    ///
    /// - Throws: `SettingsError` for a tenant that is missing or whose credential cannot be read.
    public func certificateDirectory(
        _ configured: CertificateDirectoryConfiguration
    ) throws -> any CertificateDirectory {
        if let server = configured.ldap { return LDAPDirectory(name: configured.name, server: server) }
        return ExchangeDirectory(
            name: configured.name, client: try exchangeClient(), form: configured.exchangeForm)
    }

    public func publicationKeeper(_ configured: CertificateDirectoryConfiguration) throws -> PublicationKeeper {
        PublicationKeeper(
            publications, try certificateDirectory(configured), checkEvery: configured.checkEvery, clock: ledger.clock)
    }

    /// Templates whose certificates belong into a directory, also those that order nothing any more.
    public func publishing(in place: String) -> [String] {
        configuration.templates.filter { $0.publish.contains(place) }.map(\.name)
    }

    /// Notes what is wanted in each directory and works on what is due; one after another, so that no directory is asked by many at once.
    ///
    /// - Parameter limit: people of each directory at most.
    /// - Throws: `StoreError`, `CancellationError`; what keeps directories from being as they are wanted is in the report.
    public func publish(limit: Int = 200) async throws -> PublicationKeeper.Report {
        var report = PublicationKeeper.Report()
        let configured = configuration.directories
        for directory in configured {
            do {
                try await publications.want(in: directory.name, of: publishing(in: directory.name))
                let found = try await publicationKeeper(directory).run(limit: limit)
                report.published += found.published
                report.withdrawn += found.withdrawn
                report.drifted += found.drifted
                report.failed += found.failed
                report.problems += found.problems
            } catch let error as SettingsError {
                report.problems.append("directory \(directory.name): \(error.message)")
            }
        }
        return report
    }

    /// The same as a job of the service.
    ///
    /// - Returns: what somebody has to mend.
    func publish(in jobs: JobBook, _ pace: Duration) async -> [String] {
        guard !configuration.directories.isEmpty else { return (try? await abandonedPublications()) ?? [] }
        let begun = await jobs.begin(.publication)
        do {
            let report = try await publish()
            let problems = report.problems + (try await standingPublications(beside: report.problems))
            await jobs.end(
                .publication, begun: begun, next: pace, problem: problems.first,
                facts: [
                    "published": report.published, "withdrawn": report.withdrawn, "drifted": report.drifted,
                    "failed": report.failed,
                ])
            return problems
        } catch is CancellationError {
            return []
        } catch {
            await jobs.end(.publication, begun: begun, next: pace, problem: "\(error)")
            return ["directories cannot be brought up to date, trying again: \(error)"]
        }
    }

    /// What is published where nobody looks any more, because the directory was taken out of the configuration; one sentence each.
    public func abandonedPublications() async throws -> [String] {
        abandoned(try await publications.counts()).map(\.sentence)
    }

    /// What is not as it is wanted, whether or not a pass has tried it just now; one sentence for each directory.
    ///
    /// - Parameter told: what a pass has said of directories: of these nothing more is said.
    func standingPublications(beside told: [String]) async throws -> [String] {
        try await publicationTroubles().filter { trouble in
            !told.contains { $0.hasPrefix("\(trouble.subject):") }
        }.map(\.sentence)
    }

    /// What directories do not hold as it is wanted, and what is left in those that are configured no more; one for each directory.
    ///
    /// - Throws: `StoreError`.
    public func publicationTroubles() async throws -> [PublicationTrouble] {
        let counts = try await publications.counts()
        let failed: [PublicationTrouble] = configuration.directories.compactMap { directory in
            let failed = counts.filter { $0.place == directory.name && $0.hasFailed }.reduce(0) { $0 + $1.count }
            guard failed > 0 else { return nil }
            return PublicationTrouble(
                directory: directory.name, count: failed, isAbandoned: false,
                text:
                    "\(Plural(failed, "certificate is", "certificates are")) not there as wanted: 'certway publication list --state failed' "
                    + "says why")
        }
        return failed + abandoned(counts)
    }

    private func abandoned(_ counts: [PublicationCount]) -> [PublicationTrouble] {
        let known = Set(configuration.directories.map(\.name))
        let left = counts.filter { !known.contains($0.place) && $0.actual != .absent }
        return Dictionary(grouping: left, by: \.place).sorted { $0.key < $1.key }.map { place, counts in
            let count = counts.reduce(0) { $0 + $1.count }
            return PublicationTrouble(
                directory: place, count: count, isAbandoned: true,
                text:
                    "directory \(place) is configured no more, and may still hold \(Plural(count, "certificate")) of ours: "
                    + "configure it again and leave it out of 'publish', so that \(count == 1 ? "it is" : "they are") taken out"
            )
        }
    }
}
