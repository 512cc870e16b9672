// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import HTTPTransport
import JSONDocuments
import Settings

/// A `certway-sandbox` of our own, beside this program; ends with its owner.
final class SandboxService: @unchecked Sendable {
    // Process is not Sendable; after init it is only told to end, in deinit.
    private let process: Process
    private let http: any HTTPClient
    /// What the sandbox said once it was ready.
    let description: JSONValue

    /// A file that nobody else finds, and that is gone with this process.
    private static func unnamedFile() throws -> FileHandle {
        let url = FileManager.default.temporaryDirectory.appending(path: "certway-\(UUID().uuidString)")
        try Data().write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try FileHandle(forUpdating: url)
    }

    /// Starts the sandbox and waits until it is ready.
    ///
    /// - Throws: `SettingsError` when the program is missing or does not start.
    init(_ arguments: [String], http: any HTTPClient) throws {
        self.http = http
        let folder = URL(filePath: ModuleLoader.standardFolders.last ?? ".")
        process = Process()
        process.executableURL = folder.appending(path: "certway-sandbox")
        process.arguments = ["serve", "--exit-with-parent"] + arguments
        let output = Pipe()
        // Our end of the pipe closes when we die, however we die, and the sandbox ends with it.
        process.standardInput = input
        process.standardOutput = output
        // Its commentary on what it refuses would stand between the lines of the demo; it is told where it does not begin.
        let commentary = try Self.unnamedFile()
        process.standardError = commentary
        do {
            try process.run()
        } catch {
            throw SettingsError(
                "cannot start \(folder.path)/certway-sandbox: \(error.localizedDescription); build it with 'swift build'"
            )
        }
        var line = Data()
        while !line.contains(0x0A) {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else {
                try commentary.seek(toOffset: 0)
                let said = String(decoding: commentary.readDataToEndOfFile(), as: UTF8.self)
                let reason = said.split(whereSeparator: \.isNewline).first.map(String.init) ?? "it says nothing"
                throw SettingsError("the sandbox does not begin: \(reason)", at: .state)
            }
            line += piece
        }
        description = try JSONValue(parsing: line)
    }

    private let input = Pipe()

    /// Asks the control API.
    func control(_ path: String) async throws -> JSONValue {
        let response = try await http.send(
            HTTPRequest(method: "GET", url: (description["control"]?.string ?? "") + path))
        return try JSONValue(parsing: response.body)
    }

    /// Changes something through the control API.
    ///
    /// - Throws: `SettingsError` with what the sandbox says against it.
    func control(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        let response = try await http.send(
            HTTPRequest(
                method: "POST", url: (description["control"]?.string ?? "") + path,
                headers: [("Content-Type", "application/json")], body: Array(body.text.utf8)))
        guard response.isSuccess else {
            throw SettingsError("the sandbox refuses \(body.text) at \(path): \(response.text)", at: .state)
        }
        return try JSONValue(parsing: response.body)
    }

    /// An order as the CA's own administrator sees it.
    struct OrderAtCA {
        /// By which the CA is asked about it.
        let id: String
        /// Everything the CA keeps with it.
        let text: String
    }

    func orders(of connector: String) async throws -> [OrderAtCA] {
        (try await control("/control/cas/\(connector)")["orders"]?.array ?? []).map { order in
            OrderAtCA(id: order["id"]?.string ?? order["id"]?.text ?? "", text: order.text)
        }
    }

    deinit {
        process.terminate()
        // One that does not hear must not keep us from ending.
        let identifier = process.processIdentifier
        let force = DispatchWorkItem { kill(identifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 10, execute: force)
        process.waitUntilExit()
        force.cancel()
    }
}
