// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Independent programs that look at what the module writes.
enum Judge {
    /// What xmllint has to say about a message; empty when it is well-formed.
    static func xmllint(_ xml: [UInt8]) async throws -> String {
        try await run("xmllint", ["--noout", "--nonet", "-"], xml)
    }

    /// How a WSDL client would say it otherwise; empty when it says the same.
    static func zeep(_ xml: [UInt8], wsdl: String, operation: String) async throws -> String {
        let fixtures = Fixture.tests.appending(path: "Fixtures")
        return try await run(
            "/usr/bin/python3",
            [
                fixtures.appending(path: "zeep-judge.py").path, fixtures.appending(path: "wsdl/\(wsdl).wsdl").path,
                operation,
            ], xml)
    }

    private static func run(_ program: String, _ arguments: [String], _ input: [UInt8]) async throws -> String {
        let run = try await Run.program(program, arguments, input: input)
        let said = run.output + run.errors
        return run.status == 0 ? said : "status \(run.status): \(said)"
    }
}
