// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The console in a browser, over a gateway with a past: `Tests/BrowserTests` says what is looked at. One demo serves all scripts.
@Suite(.timeLimit(.minutes(40))) struct ConsoleBrowserTests {
    private static let scripts = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "BrowserTests")

    /// Where the pictures are kept, beside what was built.
    private static let pictures = scripts.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".build/screenshots").path

    @Test func everyScreenAndTask() async throws {
        let files = try TemporaryFolder()
        let demo = try await ChildProcess(
            BuiltPrograms.path("certway"), ["demo", "--serve", "--users", "80", "--output", "json"], output: .pipe,
            errors: .file(files.path("demo.err")))
        let line = try await demo.line()
        let said = { (try? String(contentsOfFile: files.path("demo.err"), encoding: .utf8)) ?? "" }
        try #require(line.contains("\"tokens\""), "the demo did not begin: \(line) \(said())")
        try FileManager.default.createDirectory(atPath: Self.pictures, withIntermediateDirectories: true)
        // Side by side: they only read, and wait for the browser more than for the gateway.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for arguments in [["walk.py", "en"], ["walk.py", "de"], ["keyboard.py"]] {
                group.addTask { try await Self.judge(arguments, line) }
            }
            try await group.waitForAll()
        }
        try await Self.judge(["tasks.py"], line)
        try await Self.judge(["promises.py"], line)
        try await Self.judge(["paper.py"], line)
        // It stores a configuration and lets the gateway be away, so nothing else looks meanwhile.
        try await Self.judge(["acceptance.py"], line)
        demo.signal(SIGTERM)
        #expect(await demo.end().status == 0, "\(said())")
    }

    private static func judge(_ arguments: [String], _ demo: String) async throws {
        let script = scripts.appending(path: arguments[0]).path
        let run = try await Run.program(
            Judges.path("python3"), [script] + arguments.dropFirst(),
            environment: [
                "CERTWAY_DEMO": demo, "CERTWAY_PROGRAM": BuiltPrograms.path("certway"), "CERTWAY_SCREENSHOTS": pictures,
                "PYTHONDONTWRITEBYTECODE": "1",
            ], timeLimit: 1200)
        #expect(
            run.status == 0,
            "\(arguments.joined(separator: " ")): \(run.output.suffix(6000)) \(run.errors.suffix(3000))")
    }
}
