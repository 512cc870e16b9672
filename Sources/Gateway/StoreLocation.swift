// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Settings
import Store

/// Where a gateway's database is: a file, or a server with what signs in there. Holds references to secrets, never a secret.
public struct StoreLocation: Sendable, CustomStringConvertible {
    enum Place: Sendable {
        case file(String)
        case server(ServerAddress, StoreSignIn)
    }

    let place: Place
    /// As it may be shown.
    public let description: String

    /// The file of an embedded database; nil for one on a server.
    public var file: String? { if case .file(let path) = place { path } else { nil } }

    init(place: Place, description: String) {
        self.place = place
        self.description = description
    }

    /// The database of a gateway: `--store`, then `CERTWAY_STORE`, then `store.yaml` in its folder, then `certway.db` there.
    ///
    /// - Throws: `SettingsError` naming option, variable or file; `Diagnostics` for the content of a file.
    public init(of home: GatewayHome) throws {
        if let option = home.store {
            try self.init(option, from: .option("--store"))
        } else if let variable = ProcessInfo.processInfo.environment[Self.variable], !variable.isEmpty {
            try self.init(variable, from: .environment)
        } else if SettingsFile(path: home.storeFile).exists {
            try self.init(file: home.storeFile)
        } else {
            self.init(place: .file(home.database), description: home.database)
        }
    }

    private static let variable = "CERTWAY_STORE"

    /// Who has written a place, for the error.
    public enum Origin: Sendable {
        case option(String)
        case environment
        case file(String)

        func error(_ message: String) -> SettingsError {
            switch self {
            case .option(let name): SettingsError("\(name): \(message)", at: .commandLine)
            case .environment: SettingsError("\(StoreLocation.variable): \(message)")
            case .file(let path): SettingsError("\(path): \(message)")
            }
        }
    }

    /// - Parameters:
    ///   - text: `sqlite:FILE`, `ENGINE://USER@HOST:PORT/DATABASE` with what follows it, or a file as `store.yaml` is one.
    ///   - origin: where the text stands.
    /// - Throws: as `init(of:)`.
    public init(_ text: String, from origin: Origin) throws {
        if text.hasPrefix(Self.embedded), text.count > Self.embedded.count {
            let path = String(text.dropFirst(Self.embedded.count))
            self.init(place: .file(path), description: path)
        } else if text.hasSuffix(".yaml"), !text.contains("://") {
            try self.init(file: text)
        } else {
            try self.init(server: text, from: origin)
        }
    }

    private static let embedded = "sqlite:"

    /// What is expected, for an error.
    static let form = "sqlite:FILE, mariadb|mysql|postgresql|sqlserver://USER@HOST:PORT/DATABASE, or FILE.yaml"
}
