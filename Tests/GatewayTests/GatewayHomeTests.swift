// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import Ledger
import PKIX
import Secrets
import Settings
import Store
import TestSupport
import Testing

@testable import Gateway

@Suite struct GatewayHomeTests {
    private let folder: TemporaryFolder
    private let home: GatewayHome

    init() throws {
        folder = try TemporaryFolder()
        home = GatewayHome(option: folder.path("home"))
        try home.create()
    }

    private func open() async throws -> Gateway {
        let modules = ModuleLoader(folders: [])
        return try await Gateway.open(
            home, profiles: Profiles(modules: modules, catalogue: ProfileCatalogue(folders: [], modules: modules)),
            logger: StandardLogger(threshold: .error, write: { _ in }))
    }

    private func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: home.path).sorted() }

    private func refusal(_ body: () async throws -> Void) async -> String {
        (await #expect(throws: SettingsError.self) { try await body() })?.message ?? ""
    }

    /// Two first processes must not seal with different keys: one of them would never open its orders again.
    @Test func whoeverMakesTheHomeTheSealingKeyIsOne() async throws {
        let identifiers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 {
                group.addTask { [home] in
                    _ = try await GatewayStore.create(home)
                    return try home.readSealingKey().identifier
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(identifiers.count == 1)
        #expect(try await open().sealingKey().identifier == identifiers.first)
    }

    @Test func theIdentifierTellsKeysApartAndSaysNothingOfThem() throws {
        let (one, other) = (SealingKey.random(), SealingKey.random())
        #expect(one.identifier != other.identifier && one.identifier.count == 32)
        #expect(try SealingKey(Secret(one.bytes.withBytes { Array($0) })).identifier == one.identifier)
        let hexadecimal = one.bytes.withBytes { $0.map { String(format: "%02x", $0) }.joined() }
        let plainDigest = one.bytes.withBytes { DigestAlgorithm.sha256.digest($0) }.prefix(16)
        #expect(!hexadecimal.contains(one.identifier))
        #expect(plainDigest.map { String(format: "%02x", $0) }.joined() != one.identifier)
    }

    /// Each way in which the key is not the one that was made with the home; opening and asking make nothing.
    @Test(arguments: ["missing", "another", "short", "readable", "link", "folder"])
    func anyOtherKeyRefusesToStart(_ way: String) async throws {
        _ = try await GatewayStore.create(home)
        // One that runs already sees it, too.
        let running = try await open()
        #expect(running.sealingKeyFault() == nil)
        let manager = FileManager.default
        let expected: String
        switch way {
        case "another":
            try SealingKey.random().bytes.withBytes { try CompleteFile(path: home.sealingKey).replace($0) }
            expected = "restore sealing.key from the backup"
        case "short":
            try CompleteFile(path: home.sealingKey).replace([UInt8](repeating: 1, count: 31))
            expected = "restore sealing.key from the backup"
        case "readable":
            chmod(home.sealingKey, 0o644)
            expected = "chmod 600 \(home.sealingKey)"
        case "link":
            try manager.moveItem(atPath: home.sealingKey, toPath: folder.path("elsewhere"))
            symlink(folder.path("elsewhere"), home.sealingKey)
            expected = "is a symbolic link"
        case "folder":
            try manager.removeItem(atPath: home.sealingKey)
            try manager.createDirectory(atPath: home.sealingKey, withIntermediateDirectories: false)
            expected = "sealing.key"
        default:
            try manager.removeItem(atPath: home.sealingKey)
            expected = "restore sealing.key from the backup"
        }
        #expect(running.sealingKeyFault()?.contains(expected) == true)
        let gateway = try await open()
        let before = try files()
        #expect(await refusal { _ = try gateway.sealingKey() }.contains(expected))
        #expect(await refusal { try await gateway.takeOver() }.contains(expected))
        #expect(await refusal { _ = try await SinglePass(gateway).run(consented: nil, until: nil) }.contains(expected))
        #expect(await refusal { try await GatewayService(gateway).run() }.contains(expected))
        // Not even the command that makes homes makes another key.
        _ = try await GatewayStore.create(home)
        #expect(try files() == before)
        #expect(await refusal { _ = try await open().sealingKey() }.contains(expected))
    }

    /// A home that an older version made does not say which key is its own; what is sealed tells.
    @Test func theKeyOfAnOlderHomeIsTakenWhenItOpensWhatIsSealed() async throws {
        let store = try await GatewayStore.create(home)
        try await store.ledger.setState("sealingKey", nil)
        #expect(await refusal { _ = try await open().sealingKey() }.contains("run 'certway apply -f FILE' once"))
        let order = try await store.ledger.plan(
            NewOrder(
                template: "t", backendCA: "c", product: "p", subscriberID: "s", userPrincipalName: "s@example.org",
                names: [:], request: [:]))
        let claim = try #require(try await store.ledger.claim(limit: 1, owner: "o", leaseFor: .seconds(60)).first)
        let sealed = try home.readSealingKey().seal(Secret("key"), context: order.reference)
        try await store.ledger.record(
            claim, OrderChange("keyed", "key").stage(.keyed).sealedKey(sealed, publicKey: [2], csr: [3]))
        let own = try Data(contentsOf: URL(filePath: home.sealingKey))
        try SealingKey.random().bytes.withBytes { try CompleteFile(path: home.sealingKey).replace($0) }
        #expect(await refusal { _ = try await GatewayStore.create(home) }.contains("does not open the key of order"))
        try FileManager.default.removeItem(atPath: home.sealingKey)
        #expect(await refusal { _ = try await GatewayStore.create(home) }.contains("is missing"))
        try CompleteFile(path: home.sealingKey).replace(own)
        _ = try await GatewayStore.create(home)
        _ = try await open().sealingKey()
    }

    /// Whatever lies in the home is its owner's alone, or nothing of it is opened.
    @Test(arguments: ["certway.db", "certway.db-wal", "certway.db-shm", "certway.submissions", ""])
    func aHomeOfOthersIsNotOpened(_ name: String) async throws {
        let store = try await GatewayStore.create(home)
        let path = name.isEmpty ? home.path : "\(home.path)/\(name)"
        if !FileManager.default.fileExists(atPath: path) { try CompleteFile(path: path).createNew([UInt8]("0".utf8)) }
        var status = stat()
        try #require(stat(path, &status) == 0)
        for mode: mode_t in [0o004, 0o040, 0o002] {
            chmod(path, status.st_mode | mode)
            #expect(await refusal { _ = try await open() }.contains("chmod \(name.isEmpty ? "700" : "600") \(path)"))
            #expect(await refusal { _ = try await GatewayStore.create(home) }.contains(path))
        }
        chmod(path, status.st_mode)
        let stranger: uid_t = 4711
        if geteuid() == 0 {
            try #require(chown(path, stranger, 4711) == 0)
            #expect(await refusal { _ = try await open() }.contains("chown -h root \(path)"))
            try #require(chown(path, 0, 0) == 0)
            if name.isEmpty {
                // Given to root, the service that it belongs to would not start any more.
                let service = try #require(getpwnam("nobody"))
                try #require(chown(path, service.pointee.pw_uid, service.pointee.pw_gid) == 0)
                let advice = await refusal { _ = try await open() }
                #expect(advice.contains("sudo -u nobody certway") && !advice.contains("chown"), "\(advice)")
                try #require(chown(path, 0, 0) == 0)
            }
        } else {
            // Root's folder is another's for everybody else.
            #expect(await refusal { _ = try await GatewayStore.open(GatewayHome(option: "/etc")) }.contains("root"))
        }
        try FileManager.default.moveItem(atPath: path, toPath: folder.path("elsewhere"))
        symlink(folder.path("elsewhere"), path)
        #expect(await refusal { _ = try await open() }.contains("\(path) is a symbolic link"))
        withExtendedLifetime(store) {}
    }
}
