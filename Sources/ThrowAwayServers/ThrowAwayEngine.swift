// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// Engines that can be started for a trial, by the programs that Debian has for them.
public enum ThrowAwayEngine: String, Sendable, CaseIterable {
    case mariadb
    case postgresql

    public var family: ServerAddress.Family {
        switch self {
        case .mariadb: .mysql
        case .postgresql: .postgresql
        }
    }

    /// The Debian package with the server.
    public var package: String {
        switch self {
        case .mariadb: "mariadb-server"
        case .postgresql: "postgresql"
        }
    }

    /// - Throws: `ThrowAwayServerError` naming the package to install.
    func program(_ name: String) async throws -> String {
        guard let found = LocalProgram.find(name, in: try await folders()) else {
            throw ThrowAwayServerError("the program \(name) is not here: apt-get install \(package)")
        }
        return found
    }

    /// PostgreSQL's programs are not on PATH in Debian.
    private func folders() async throws -> [String] {
        guard self == .postgresql, let pgConfig = LocalProgram.find("pg_config") else { return [] }
        let folder = try await LocalProgram.run([pgConfig, "--bindir"])
        return [folder.trimmingCharacters(in: .whitespacesAndNewlines)]
    }
}
