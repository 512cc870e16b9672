// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// An older copy of the database forgets orders that the CA holds: nothing is ordered on it without consent.
@Suite(.timeLimit(.minutes(5))) struct RestoreTests {
    /// One that cannot be asked for an order by its reference; for others see `RestoreDrillTests`.
    private static let connector = "adcs"

    /// How much of the folder came back from the copy. Where its files are written over those that were there, which is what a
    /// plain `cp -a` does, nothing in the folder tells, and Intune does.
    enum Copy: String, CaseIterable { case databaseAlone, filesOverwritten }

    @Test(arguments: Copy.allCases)
    func nothingIsOrderedWithoutConsent(copy: Copy) async throws {
        let people = 4
        let sandbox = try await SandboxProcess(["--users", "\(people)", "--only", "tenant", "--only", Self.connector])
        let gateway = try await GatewayUnderTest(sandbox: sandbox, connector: Self.connector)
        let backup = gateway.folder.path("backup")
        try FileManager.default.copyItem(atPath: gateway.home, toPath: backup)
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(people))

        try restore(copy, backup, gateway)
        #expect(try await gateway.certway(["order", "list", "--output", "json"]).json == [], "this is no older copy")
        // The service notices it by itself, and what it has noticed stays; further below a single pass is the first.
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { gateway.said.contains("older copy") }
        try await gateway.stop(service)
        for _ in 0..<2 {
            let run = try await gateway.certway(["run", "--once"])
            #expect(run.status == 4 && run.errors.contains("older copy"), "\(run.status) \(run.errors)")
            #expect(run.errors.contains("certway restore accept"), "\(run.errors)")
        }
        #expect(try await sandbox.orders(Self.connector).count == people, "ordered again")

        // Whoever consents has been told that it is bought again.
        // The clock that this is typed by is ahead; the consent does not reach further for that.
        let accepted = try await gateway.certway(
            ["restore", "accept"], environment: GatewayClock().moved(by: 7200))
        #expect(accepted.status == 0, "\(accepted.errors)")
        try await gateway.finish()
        #expect(try await sandbox.orders(Self.connector).count == 2 * people)

        // The consent was to what there was by then: the same copy, put back once more, is as old as before.
        let idle = try await gateway.certway(["restore", "accept"])
        #expect(idle.status == 0 && idle.output.contains("nothing to accept"), "\(idle)")
        let consented = gateway.folder.path("consented")
        try FileManager.default.copyItem(atPath: gateway.home, toPath: consented)
        try await sandbox.join("Nora")
        try await gateway.finish()
        #expect(try await sandbox.orders(Self.connector).count == 2 * people + 1)
        try restore(copy, consented, gateway)
        let again = try await gateway.certway(["run", "--once"])
        #expect(again.status == 4 && again.errors.contains("certway restore accept"), "\(again.status) \(again.errors)")
        #expect(try await sandbox.orders(Self.connector).count == 2 * people + 1, "bought again")
    }

    /// What README names to back up is all there is, once nothing runs: no log beside the database holds the newest of it.
    @Test(arguments: ["run", "serve"]) func theFilesOfAStoppedGatewayAreWhole(command: String) async throws {
        let sandbox = try await SandboxProcess(["--users", "2", "--only", "tenant", "--only", Self.connector])
        let gateway = try await GatewayUnderTest(sandbox: sandbox, connector: Self.connector)
        if command == "serve" {
            let service = try await gateway.start(["serve"])
            try await gateway.wait(beside: service) { try await Outcome.of(gateway).archivedKeys == 2 }
            try await gateway.stop(service)
        } else {
            try await gateway.finish()
        }
        let orders = try await gateway.certway(["order", "list", "--output", "json"]).json
        #expect(orders.array?.count == 2)
        try #require(!FileManager.default.fileExists(atPath: gateway.database + "-wal"), "what a copy would lack")
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: gateway.home)).subtracting(["certway.audit"])
                == ["certway.db", "certway.submissions", "node.id", "sealing.key", "secrets"])
        #expect(try await gateway.certway(["order", "list", "--output", "json"]).json == orders)
    }

    private func restore(_ copy: Copy, _ backup: String, _ gateway: GatewayUnderTest) throws {
        let files = FileManager.default
        switch copy {
        case .databaseAlone:
            for name in try files.contentsOfDirectory(atPath: gateway.home) where name.hasPrefix("certway.db") {
                try files.removeItem(atPath: "\(gateway.home)/\(name)")
            }
            for name in try files.contentsOfDirectory(atPath: backup) where name.hasPrefix("certway.db") {
                try files.copyItem(atPath: "\(backup)/\(name)", toPath: "\(gateway.home)/\(name)")
            }
        case .filesOverwritten:
            for name in try files.contentsOfDirectory(atPath: backup) {
                guard let target = FileHandle(forWritingAtPath: "\(gateway.home)/\(name)") else { continue }
                try target.truncate(atOffset: 0)
                try target.write(contentsOf: Data(contentsOf: URL(filePath: "\(backup)/\(name)")))
                try target.close()
            }
            for name in try files.contentsOfDirectory(atPath: gateway.home)
            where !files.fileExists(atPath: "\(backup)/\(name)") {
                try files.removeItem(atPath: "\(gateway.home)/\(name)")
            }
        }
    }
}
