// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// `openssl s_server` that prints what clients send and does what is typed: `R` renegotiates and `c` asks for a client
/// certificate, after a request was read. It answers no request by itself.
final class OpenSSLConsole: Sendable {
    let port: Int
    private let processIdentifier: pid_t
    private let input: FileHandle
    private let printed = Mutex("")

    /// - Parameter arguments: beyond address, certificate `leaf.pem` and key.
    init(_ authority: TestAuthority, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.currentDirectoryURL = authority.folder
        process.arguments =
            ["s_server", "-accept", "127.0.0.1:0", "-cert", "leaf.pem", "-key", "leaf.key"] + arguments
        let (input, output) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = input
        try process.run()
        self.input = input.fileHandleForWriting
        processIdentifier = process.processIdentifier
        var lines = ""
        while !lines.contains("ACCEPT ") || !lines.hasSuffix("\n") {
            let bytes = output.fileHandleForReading.availableData
            guard !bytes.isEmpty else { throw CocoaError(.fileReadUnknown) }
            lines += String(decoding: bytes, as: UTF8.self)
        }
        let line = lines.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") } ?? ""
        port = Int(line.split(separator: ":").last ?? "") ?? 0
        output.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let bytes = handle.availableData
            if bytes.isEmpty { handle.readabilityHandler = nil }
            self?.printed.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
        }
    }

    /// Returns once it has printed that text. Does not block: the request that makes it do so needs a thread, too.
    func wait(for text: String) async throws {
        while !printed.withLock({ $0.contains(text) }) { try await Task.sleep(for: .milliseconds(5)) }
    }

    func type(_ command: String) throws { try input.write(contentsOf: Data("\(command)\n".utf8)) }

    /// Not waited for, and killed: see `OpenSSLServer`.
    func stop() { kill(processIdentifier, SIGKILL) }
}
