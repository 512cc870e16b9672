// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Runs one of the Python scripts in `Judges/` against a fresh sandbox; it exits with 0 when it agrees with everything.
///
/// They run in the system's Python, for which `Scripts/bootstrap --tests` installs what they import, or in another that has
/// what Debian does not, and know nothing of this project but the ready line.
func judge(
    _ name: String, _ options: String..., python: String = "/usr/bin/python3", folder: URL = testFolder
) async throws {
    let sandbox = try await SandboxProcess(options)
    let judged = try await Run.program(
        python, ["-B", folder.appendingPathComponent("Judges/\(name).py").path],
        environment: [
            "CERTWAY_SANDBOX": sandbox.ready, "CERTWAY_FIXTURES": folder.appendingPathComponent("Fixtures").path,
        ])
    #expect(judged.status == 0, "\(name) \(options): \(judged.output) \(judged.errors)")
    #expect(await sandbox.stop() == 0)
}

/// `Tests/SandboxTests` in the sources.
let testFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
