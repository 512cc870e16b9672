// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Independent programs that look at what the module writes.
enum Judge {
    /// What xmllint has to say about a message; empty when it is well-formed.
    static func xmllint(_ xml: [UInt8]) throws -> String {
        try run("/usr/bin/env", ["xmllint", "--noout", "--nonet", "-"], xml)
    }

    /// How a WSDL client would say it otherwise; empty when it says the same.
    static func zeep(_ xml: [UInt8], wsdl: String, operation: String) throws -> String {
        let fixtures = Fixture.tests.appending(path: "Fixtures")
        return try run(
            "/usr/bin/python3",
            [
                fixtures.appending(path: "zeep-judge.py").path, fixtures.appending(path: "wsdl/\(wsdl).wsdl").path,
                operation,
            ], xml)
    }

    private static func run(_ program: String, _ arguments: [String], _ input: [UInt8]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let (stdin, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (stdin, output, output)
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: input)
        try stdin.fileHandleForWriting.close()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? said : "status \(process.terminationStatus): \(said)"
    }
}
