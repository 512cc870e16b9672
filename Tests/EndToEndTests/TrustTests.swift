// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What the programs say of a home, a key, a secret, a profile and a module that others have had their hands on.
@Suite(.timeLimit(.minutes(10))) struct TrustTests {
    /// A check makes nothing, and without its key the gateway does not start: nothing would open, and nobody would know.
    @Test func withoutItsOwnSealingKeyNothingStarts() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "2"]))
        let key = "\(gateway.home)/sealing.key"
        #expect(FileManager.default.fileExists(atPath: key), "made with the home")
        let sound = try await gateway.certway(["doctor"])
        #expect(sound.status == 0, "\(sound.output)")
        let own = try Data(contentsOf: URL(filePath: key))
        try FileManager.default.removeItem(atPath: key)
        for swapped in [nil, Data(repeating: 7, count: 32)] {
            if let swapped {
                _ = FileManager.default.createFile(
                    atPath: key, contents: swapped, attributes: [.posixPermissions: 0o600])
            }
            let doctor = try await gateway.certway(["doctor"])
            #expect(doctor.status == 1 && doctor.output.contains("from the backup of this folder"), "\(doctor.output)")
            for command in [["run", "--once"], ["serve"]] {
                let run = try await gateway.certway(command, timeLimit: 60)
                #expect(run.status == 3 && !run.wasKilled, "\(command)")
                #expect(run.errors.contains("restore sealing.key from the backup of this folder"), "\(run.errors)")
            }
            #expect(FileManager.default.contents(atPath: key) == swapped)
            // Looking is possible, and storing a configuration makes no key either.
            #expect(try await gateway.certway(["order", "list"]).status == 0)
            try await gateway.reconfigure { $0 }
            #expect(FileManager.default.contents(atPath: key) == swapped)
        }
        try own.write(to: URL(filePath: key))
        #expect(try await gateway.finish().status == 0)
    }

    /// Taken away beneath a service: a key that was certified now would be lost with the next restart.
    @Test func nothingNewIsOrderedWhileTheSealingKeyIsAway() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "2", "--only", "tenant", "--only", "digicert-certcentral"]))
        let key = "\(gateway.home)/sealing.key"
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { try await gateway.stages() == ["active": 2] }
        try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
        try await gateway.wait(beside: service) {
            gateway.said.contains("nothing new is ordered: \(key) is missing")
                && gateway.said.contains("restore sealing.key from the backup of this folder")
        }
        try await gateway.sandbox.join("Nora")
        // The directory is read at once under a new configuration.
        try await gateway.reconfigure { $0.replacing("limits: {", with: "limits: {concurrency: 3, ") }
        try await gateway.wait(beside: service) {
            try await gateway.certway(["people", "list", "--all"]).output.contains("nora@sandbox.example")
        }
        #expect(try await gateway.stages() == ["active": 2])
        try FileManager.default.moveItem(atPath: key + ".away", toPath: key)
        // By itself.
        try await gateway.wait(beside: service) { try await gateway.stages() == ["active": 3] }
        try await gateway.stop(service)
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 3)
    }

    /// The order that is on its way comes to its end, the next one does not leave, and the pass says why.
    @Test func aLongPassOrdersNothingWithoutTheSealingKey() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "2", "--only", "tenant", "--only", "digicert-certcentral"])
        ) { $0.replacing("limits: {", with: "limits: {concurrency: 1, ") }
        try await gateway.sandbox.order("delay", of: "digicert.enroll", ["milliseconds": 5000])
        let key = "\(gateway.home)/sealing.key"
        let pass = try await gateway.start(["run", "--once", "--wait", "60"])
        try await gateway.wait(beside: pass) { try await gateway.sandbox.calls("faults.delay") == 1 }
        try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
        #expect(await pass.end().status == 4)
        #expect(gateway.said.contains("nothing new is ordered: \(key) is missing"), "\(gateway.said)")
        #expect(try await gateway.stages()["active"] == 1)
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 1)
        try FileManager.default.moveItem(atPath: key + ".away", toPath: key)
        #expect(try await gateway.finish().status == 0)
        #expect(try await Outcome.of(gateway) == .complete(2))
    }

    @Test func aHomeOfAnotherIsNotWorkedOn() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]))
        let (folder, home) = (gateway.folder, gateway.home)
        symlink(home, folder.path("link"))
        let linked = try await Run.certway(["order", "list", "--home", folder.path("link")])
        #expect(linked.status == 3 && linked.errors.contains("is a symbolic link"), "\(linked.errors)")
        // Who is not root cannot give a folder away, but has one of root's before it.
        if geteuid() == 0 { try #require(chown(home, 4711, 4711) == 0) }
        let others = try await Run.certway(["order", "list", "--home", geteuid() == 0 ? home : "/etc"])
        #expect(others.status == 3 && others.errors.contains("belongs to"), "\(others.errors)")
        if geteuid() == 0 { try #require(chown(home, 0, 0) == 0) }
        chmod(home, 0o755)
        let open = try await gateway.certway(["order", "list"])
        #expect(open.status == 3 && open.errors.contains("chmod 700 \(home)"), "\(open.errors)")
        chmod(home, 0o700)
        chmod(gateway.database, 0o644)
        let readable = try await gateway.certway(["order", "list"])
        #expect(readable.status == 3 && readable.errors.contains("chmod 600 \(gateway.database)"), "\(readable.errors)")
    }

    @Test func whatOthersMayChangeIsNotUsed() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]))
        let folder = gateway.folder
        func doctor(_ options: [String] = []) async throws -> String {
            let run = try await gateway.certway(["doctor"] + options)
            #expect(run.status == 1, "\(run.output)")
            return run.output + run.errors
        }
        chmod(folder.path("client-secret"), 0o644)
        #expect(try await doctor().contains("chmod o= \(folder.path("client-secret"))"))
        chmod(folder.path("client-secret"), 0o600)
        chmod(folder.path("roots.pem"), 0o666)
        #expect(try await doctor().contains("chmod go-w \(folder.path("roots.pem"))"))
        chmod(folder.path("roots.pem"), 0o644)
        chmod(folder.path("kra.pem"), 0o602)
        #expect(try await doctor().contains("chmod go-w \(folder.path("kra.pem"))"))
        chmod(folder.path("kra.pem"), 0o644)

        let manager = FileManager.default
        try manager.createDirectory(atPath: folder.path("modules"), withIntermediateDirectories: false)
        let module = folder.path("modules/libconnector-rest.so")
        try manager.copyItem(atPath: BuiltPrograms.path("libconnector-rest.so"), toPath: module)
        chmod(module, 0o777)
        #expect(try await doctor(["--modules", folder.path("modules")]).contains("chmod go-w \(module)"))
        chmod(module, 0o755)
        chmod(folder.path("modules"), 0o777)
        let open = try await doctor(["--modules", folder.path("modules")])
        #expect(open.contains("chmod go-w \(folder.path("modules"))"), "\(open)")

        let profile = "digicert-certcentral.yaml"
        try manager.createDirectory(atPath: folder.path("profiles"), withIntermediateDirectories: false)
        try manager.copyItem(
            atPath: "\(BuiltPrograms.repository)/connectors.d/\(profile)", toPath: folder.path("profiles/\(profile)"))
        chmod(folder.path("profiles/\(profile)"), 0o666)
        let changed = try await doctor(["--connectors", folder.path("profiles")])
        #expect(changed.contains("chmod go-w \(folder.path("profiles/\(profile)"))"), "\(changed)")
    }
}
