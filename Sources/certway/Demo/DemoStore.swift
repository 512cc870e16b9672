// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import Settings
import Store
import ThrowAwayServers

/// The database of a demo: the file in the gateway's folder, or one on a server that is there for the demo alone.
final class DemoStore: Sendable {
    /// Engines by the names that `--store` knows.
    static let engines = ["sqlite"] + ThrowAwayEngine.allCases.map(\.rawValue)

    private let server: ThrowAwayServer?
    /// As it would be typed after `--store`.
    let url: String

    /// Starts the server, where there is to be one. It ends with `end`, and with this process, however that ends.
    ///
    /// - Throws: `SettingsError` when it is not installed or does not start.
    init(_ engine: String, in folder: DemoFolder) async throws {
        guard let engine = ThrowAwayEngine(rawValue: engine) else {
            server = nil
            url = "sqlite:\(folder.path("home"))/certway.db"
            return
        }
        do {
            let server = try await ThrowAwayServer(engine)
            self.server = server
            let (address, password) = try await server.makeDatabase("certway")
            try password.withBytes { try CompleteFile(path: folder.path("store-password")).replace($0) }
            // The server's own copy may be another user's.
            let roots = try folder.write(
                String(contentsOfFile: server.certificateAuthority, encoding: .utf8), to: "store-roots.pem")
            var parts = URLComponents()
            parts.queryItems = [
                URLQueryItem(name: "password", value: "file:\(folder.path("store-password"))"),
                URLQueryItem(name: "tlsRoots", value: roots),
            ]
            url =
                "\(engine.rawValue)://\(address.user)@\(address.host):\(address.port)/\(address.database)?"
                + (parts.percentEncodedQuery ?? "")
        } catch let error as ThrowAwayServerError {
            throw SettingsError(error.description, at: .state)
        }
    }

    /// Ends the server; nothing of it stays.
    func end() async { try? await server?.end() }
}
