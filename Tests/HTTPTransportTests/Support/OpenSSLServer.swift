// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// `openssl s_server` on a free port of the loopback address: an independent TLS server that can be told to be odd.
final class OpenSSLServer {
    let port: Int
    private let process = Process()

    /// - Parameter arguments: beyond address, certificate `leaf.pem` and key; `-www` answers with the session's facts.
    init(_ authority: TestAuthority, _ arguments: String...) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.currentDirectoryURL = authority.folder
        process.arguments =
            ["s_server", "-accept", "127.0.0.1:0", "-cert", "leaf.pem", "-key", "leaf.key", "-www"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var printed = ""
        while !printed.contains("ACCEPT ") || !printed.hasSuffix("\n") {
            let bytes = output.fileHandleForReading.availableData
            guard !bytes.isEmpty else { throw CocoaError(.fileReadUnknown) }
            printed += String(decoding: bytes, as: UTF8.self)
        }
        let line = printed.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") } ?? ""
        port = Int(line.split(separator: ":").last ?? "") ?? 0
    }

    /// Not waited for: Foundation waits for a process only on the thread that started it. Killed, because a child of a
    /// test's thread inherits that thread's blocked signals.
    func stop() { kill(process.processIdentifier, SIGKILL) }
}
