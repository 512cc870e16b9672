// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Runs one of the Python scripts in `Judges/` against a fresh sandbox; it exits with 0 when it agrees with everything.
///
/// They run in the system's Python, for which `Scripts/bootstrap --tests` installs what they import,
/// and know nothing of this project but the ready line.
func judge(_ name: String, _ options: String..., folder: URL = testFolder) throws {
    let sandbox = try SandboxProcess(options)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-B", folder.appendingPathComponent("Judges/\(name).py").path]
    process.environment = ProcessInfo.processInfo.environment.merging([
        "CERTWAY_SANDBOX": sandbox.ready, "CERTWAY_FIXTURES": folder.appendingPathComponent("Fixtures").path,
    ]) { _, own in own }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(name) \(options): \(said)")
    #expect(try sandbox.stop() == 0)
}

/// `Tests/SandboxTests` in the sources.
let testFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
