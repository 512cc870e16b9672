// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// What `core-image.py` found in the memory of a running program.
struct CoreImage {
    /// Names of secrets, with the places where they lay.
    let found: [String: JSONValue]
    /// How many bytes were looked at.
    let size: Int
    /// How many words and texts were looked for.
    let sought: Int

    /// Looks at `process`, which should stand still.
    ///
    /// - Parameters:
    ///   - gone: what nothing of may be left, beside the keys and passwords of what Intune holds.
    ///   - held: what Intune holds; nil for what it holds by now.
    static func of(
        _ process: Int32, _ gateway: GatewayUnderTest, gone: [String: String] = [:], inIntune held: JSONValue? = nil
    ) async throws -> CoreImage {
        let sealingKey = try Data(contentsOf: URL(filePath: "\(gateway.home)/sealing.key"))
        var pfx = held
        if pfx == nil { pfx = try await gateway.sandbox.control("/control/pfx")["pfx"] }
        var held = described(try secrets(of: gateway))
        held["bytes"] = [
            "sealing key": .string(sealingKey.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined())
        ]
        let intune = gateway.sandbox.text("tenant", "intune", "privateKeyPEM")
        let secrets: JSONValue = [
            "held": .object(held), "pfx": pfx ?? [], "intuneKey": .string(intune),
            "gone": .object(described(gone.merging(["key of Intune's connector": intune]) { $1 })),
        ]
        let file = try gateway.folder.write(secrets.text, to: "secrets.json")
        let script = "\(BuiltPrograms.repository)/Tests/EndToEndTests/core-image.py"
        let run = try await Run.tool("python3", [script, file, "\(process)"])
        try #require(run.status == 0, "\(run.errors)")
        let image = try run.json["images"]?[0]
        return CoreImage(
            found: image?["found"]?.object ?? [:], size: image?["bytes"]?.int ?? 0,
            sought: try run.json["sought"]?.int ?? 0)
    }

    /// What the configuration refers to, and the keys of a local CA, by file.
    private static func secrets(of gateway: GatewayUnderTest) throws -> [String: String] {
        let configuration = try String(contentsOfFile: gateway.configuration, encoding: .utf8)
        let references = configuration.matches(of: /"file:([^"]+)"/).map { String($0.output.1) }
        let own = ["passphrase", "ca/issuing.key", "ca-root/root.key"].map { gateway.folder.path($0) }
        let files = references + own.filter { FileManager.default.fileExists(atPath: $0) }
        return try Dictionary(
            files.map { (URL(filePath: $0).lastPathComponent, try String(contentsOfFile: $0, encoding: .utf8)) }
        ) { $1 }
    }

    private static func described(_ secrets: [String: String]) -> [String: JSONValue] {
        let parts = Dictionary(grouping: secrets) { $0.value.contains("PRIVATE KEY-----") ? "keys" : "texts" }
        return parts.mapValues { pairs in
            .object(Dictionary(uniqueKeysWithValues: pairs.map { ($0.key, .string($0.value)) }))
        }
    }
}

extension GatewayUnderTest {
    /// Lets a program built for debugging be looked into, and has it stop just before its end.
    static let allowance = ["CERTWAY_ALLOW_DUMPS": "1"]

    /// Runs a command and looks at its memory when it has done its work.
    func imageAtTheEnd(of arguments: [String], gone: [String: String] = [:]) async throws -> CoreImage {
        let program = try await start(arguments, environment: Self.allowance)
        let image = try await imageAtTheEnd(of: program, gone: gone)
        let exit = await program.end()
        #expect(exit.status == 0 && !exit.wasKilled, "\(arguments): \(said)")
        return image
    }

    /// Waits for a program to stop itself, looks at its memory and lets it end.
    func imageAtTheEnd(of program: ChildProcess, gone: [String: String] = [:]) async throws -> CoreImage {
        try await wait(beside: program) { Self.isStopped(program) }
        defer { program.signal(SIGCONT) }
        return try await CoreImage.of(program.identifier, self, gone: gone)
    }

    /// Looks at the memory of a service that has nothing to do.
    func imageAtRest(_ service: ChildProcess) async throws -> CoreImage {
        // A request that is under way has its headers in clear.
        var calls = -1
        while try await sandbox.calls("") != calls {
            calls = try await sandbox.calls("")
            try await Task.sleep(for: .seconds(2))
        }
        service.signal(SIGSTOP)
        defer { service.signal(SIGCONT) }
        try await wait(beside: service) { Self.isStopped(service) }
        return try await CoreImage.of(service.identifier, self)
    }

    /// Looks at the memory of a service whatever it is doing.
    ///
    /// - Returns: what is left of keys and passwords that were delivered a second before; what it works on may be there.
    func deliveredSecrets(_ service: ChildProcess, after milliseconds: UInt64) async throws -> [String] {
        let delivered = try await sandbox.control("/control/pfx")["pfx"] ?? []
        try await Task.sleep(for: .milliseconds(1000 + milliseconds))
        service.signal(SIGSTOP)
        defer { service.signal(SIGCONT) }
        try await wait(beside: service) { Self.isStopped(service) }
        let image = try await CoreImage.of(service.identifier, self, inIntune: delivered)
        return image.found.keys.filter { $0.hasPrefix("key of ") || $0.hasPrefix("PFX password") }
    }

    private static func isStopped(_ program: ChildProcess) -> Bool {
        let line = try? String(contentsOfFile: "/proc/\(program.identifier)/stat", encoding: .utf8)
        return line?.split(separator: ")").last?.hasPrefix(" T ") == true
    }
}
