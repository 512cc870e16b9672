// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// `openssl s_server` on a free port of the loopback address: an independent TLS server that can be told to be odd. It ends
/// with its owner.
final class OpenSSLServer: Sendable {
    let port: Int
    private let process: ChildProcess

    /// - Parameter arguments: beyond address, certificate `leaf.pem` and key; `-www` answers with the session's facts.
    init(_ authority: TestAuthority, _ arguments: String...) async throws {
        process = try await ChildProcess(
            "openssl",
            ["s_server", "-accept", "127.0.0.1:0", "-cert", "leaf.pem", "-key", "leaf.key", "-www"] + arguments,
            folder: authority.folder.path, output: .pipe)
        var line = ""
        repeat {
            line = try await process.line()
            guard !line.isEmpty else { throw CocoaError(.fileReadUnknown) }
        } while !line.hasPrefix("ACCEPT ")
        port = Int(line.split(separator: ":").last?.dropLast() ?? "") ?? 0
    }

    func stop() { process.signal(SIGKILL) }
}
