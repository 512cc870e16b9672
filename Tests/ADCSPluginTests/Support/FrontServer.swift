// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Apache that signs people in by NTLM and Kerberos in front of pages: `Servers/front.py`, ended with its owner.
final class FrontServer: @unchecked Sendable {
    // Not changed after init; the process is ended by closing its standard input.
    private let process = Process()
    private let input = Pipe()
    let facts: JSONValue

    struct Failure: Error, CustomStringConvertible { var description: String }

    init() throws {
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [Folder.tests.appending(path: "Servers/front.py").path]
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
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    func text(_ keys: String...) -> String {
        keys.reduce(JSONValue?.some(facts)) { $0?[$1] }?.string ?? ""
    }

    /// What the pages behind it saw: method, page, size of the body and account of each request.
    func seen() throws -> [String] {
        let url = text("pages").replacing("/certsrv", with: "/seen")
        let list = try JSONValue(parsing: Tool.run(["curl", "-sS", "--max-time", "10", url]))
        return (list.array ?? []).map { entry in
            let page = entry["page"]?.string?.split(separator: "/").dropFirst().joined(separator: "/") ?? ""
            let body = (entry["size"]?.int ?? 0) > 0 ? " with body" : ""
            return "\(entry["method"]?.string ?? "") \(page)\(body) as \(entry["user"]?.string ?? "nobody")"
        }
    }
}
