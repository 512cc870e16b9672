// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Apache that signs people in by NTLM and Kerberos in front of pages: `ADCSPluginTests/Servers/front.py`, ended with its
/// owner or with this process.
public final class FrontServer: @unchecked Sendable {
    // Not changed after init; the process is only told to end.
    private let process = Process()
    private let input = Pipe()
    /// What a client needs, as the server printed it.
    public let facts: JSONValue

    private struct Failure: Error, CustomStringConvertible { var description: String }

    /// - Parameter arguments: those of `front.py`.
    public init(_ arguments: [String] = []) throws {
        process.executableURL = URL(filePath: "/usr/bin/python3")
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        process.arguments = [tests.appending(path: "ADCSPluginTests/Servers/front.py").path] + arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            let bytes = output.fileHandleForReading.availableData
            guard !bytes.isEmpty else {
                let said = errors.fileHandleForReading.readDataToEndOfFile()
                throw Failure(description: String(decoding: said, as: UTF8.self))
            }
            line += bytes
        }
        facts = try JSONValue(parsing: line)
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// The text at that place of `facts`, empty when there is none.
    public func text(_ keys: String...) -> String {
        keys.reduce(JSONValue?.some(facts)) { $0?[$1] }?.string ?? ""
    }
}
