// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// What a program prints or writes and cannot is never lost in silence.
@Suite(.timeLimit(.minutes(10))) struct OutputTests {
    /// /dev/full takes nothing: as a disk that is full.
    @Test func aFullDiskIsAFailureWithASentence() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]))
        for command in [
            ["export"], ["order", "list"], ["certificate", "list", "--output", "json"], ["template", "list"],
            ["ca", "list"],
            ["connector", "list"], ["connector", "reference"], ["--help"], ["order", "--help"],
        ] {
            let run = try await Run.tool(
                "sh",
                ["-c", "exec \"$@\" > /dev/full", "sh"] + gateway.commandLine + command)
            #expect(run.status == 1, "\(command)")
            let sentence = "standard output could not be written, what it holds is incomplete: No space left on device"
            let isTold =
                command.contains("json")
                ? try JSONValue(parsing: run.errors)["message"]?.string == sentence
                : run.errors.hasSuffix("certway: \(sentence)\n")
            #expect(isTold, "\(command): \(run.errors)")
        }
        let sandbox = try await Run.tool(
            "sh",
            [
                "-c", "exec \"$@\" > /dev/full", "sh", BuiltPrograms.path("certway-sandbox"), "serve", "--only",
                "tenant",
                "--exit-with-parent",
            ])
        #expect(sandbox.status == 1 && sandbox.errors.contains("No space left on device"), "\(sandbox.errors)")
    }

    /// Whoever reports a mistake, or builds a module, says what this is.
    @Test func theVersionNamesWhatItWasBuiltWith() async throws {
        let run = try await Run.tool(BuiltPrograms.path("certway"), ["--version"])
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(run.status == 0 && run.errors.isEmpty && lines.count == 6, "\(run.output) \(run.errors)")
        for (line, start) in zip(
            lines, ["certway ", "connector interface ", "compiler ", "OpenSSL ", "libcurl/", "SQLite 3"])
        {
            #expect(line.hasPrefix(start) && line.count > start.count && !line.hasSuffix("?"), "\(line)")
        }
    }

    @Test func aClosedOutputIsAFailureToo() async throws {
        let run = try await Run.tool(
            "sh", ["-c", "exec \"$@\" >&-", "sh", BuiltPrograms.path("certway"), "connector", "list"])
        #expect(run.status == 1 && run.errors.contains("standard output could not be written"), "\(run.errors)")
    }

    /// `certway … | head -1` has got what it wanted.
    @Test func aReaderThatHasReadEnoughIsNoFailure() async throws {
        let run = try await Run.tool(
            "bash",
            [
                "-c", "set -o pipefail; \"$@\" | head -n 1", "bash", BuiltPrograms.path("certway"), "connector",
                "reference",
            ])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(run.output == "# Connector profiles\n")
    }

    /// A file system of a few pages; making one needs the rights of root, or user name spaces.
    @Test func reportsAndProfilesAreThereCompleteOrNotAtAll() async throws {
        try #require(await SmallDisk.isPossible, "a small file system cannot be mounted here: run as root")
        let run = try await SmallDisk.run(
            """
            "$CERTWAY" connector new --kind rest --name x --out "$DISK/x.yaml"; echo "status $?"
            "$CERTWAY" ca conformance --sandbox local-ca --only credentials.good --report "$DISK/r"; echo "status $?"
            find "$DISK" -type f ! -name filler
            """)
        let ends = run.output.split(separator: "\n").filter { $0.hasPrefix("status ") }
        #expect(ends == ["status 1", "status 1"], "\(run.output)\(run.errors)")
        #expect(run.output.hasSuffix("status 1\n"), "\(run.output)")
        #expect(run.errors.contains("No space left on device"), "\(run.errors)")
    }
}
