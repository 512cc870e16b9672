// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import Gateway
import JSONDocuments
import YAMLDocuments

/// Looks at profiles that come from afar, one after another, each in a process of its own: some programs end the process in which libjq
/// 1.6 runs them by a failed assertion, and inside some of its functions it hears no order to stop.
actor ValidationQueue {
    static let shared = ValidationQueue()

    /// Whatever the programs of a profile do, they have come to their end by then.
    private static let limit: TimeInterval = 30
    /// Problems that are told one by one: each names all keys there are.
    private static let most = 50
    private var last: Task<[Diagnostic], any Error>?

    /// - Throws: what keeps the program from starting.
    func problems(of text: String, tries: Bool, _ profiles: Profiles) async throws -> [Diagnostic] {
        let before = last
        let task = Task {
            _ = try? await before?.value
            return try await Self.look(at: text, tries, profiles)
        }
        last = task
        return try await task.value
    }

    private static func look(at text: String, _ tries: Bool, _ profiles: Profiles) async throws -> [Diagnostic] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "certway-profile-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "profile.yaml")
        try Data(text.utf8).write(to: file)
        let arguments =
            ["connector", "validate", "-", "--output", "json"] + (tries ? ["--try"] : [])
            + further("--modules", profiles.modules.folders, ModuleLoader.standardFolders)
            + further("--connectors", profiles.catalogue.folders, ProfileCatalogue.standardFolders)
        let output = try await withCheckedThrowingContinuation { continuation in
            // Waiting for a process blocks its thread.
            Thread.detachNewThread { continuation.resume(with: Result { try run(arguments, file) }) }
        }
        guard let found = try? JSONValue(parsing: output).array else {
            return [
                Diagnostic(
                    file: file.path,
                    message:
                        "its programs do not come to an end within \(Int(limit)) seconds, or end the process that runs them",
                    hint:
                        "look at those that were changed last; on the machine 'certway connector validate --try' says more"
                )
            ]
        }
        let told = found.prefix(most).map { one in
            Diagnostic(
                file: file.path, line: one["line"]?.int, column: one["column"]?.int,
                keyPath: one["keyPath"]?.string ?? "",
                message: one["message"]?.string ?? "", hint: one["hint"]?.string)
        }
        guard found.count > most else { return told }
        return told + [Diagnostic(file: file.path, message: "\(found.count - most) more problems: mend these first")]
    }

    /// The folder that the service was told of, for the program as well.
    private static func further(_ option: String, _ folders: [String], _ standard: [String]) -> [String] {
        folders.first { !standard.contains($0) }.map { [option, $0] } ?? []
    }

    /// What the program prints, as far as it comes.
    ///
    /// - Parameter input: what it reads: text of which nobody says that it is a file of the machine.
    private static func run(_ arguments: [String], _ input: URL) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: ModuleLoader.standardFolders.last ?? ".").appending(path: "certway")
        process.arguments = arguments
        // No secret of the service's surroundings goes along.
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "SWIFT_BACKTRACE": "enable=no"]
        let output = Pipe()
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let killer = DispatchWorkItem { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        DispatchQueue.global().asyncAfter(deadline: .now() + limit, execute: killer)
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        killer.cancel()
        return data
    }
}
