// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// The built `certway-sandbox`, serving while this object lives.
final class SandboxProcess: Sendable {
    /// The line that says where everything is.
    let ready: String
    private let process: ChildProcess

    /// - Parameter options: of `certway-sandbox serve`.
    init(_ options: [String]) async throws {
        process = try await ChildProcess(Self.program, ["serve", "--exit-with-parent"] + options, output: .pipe)
        ready = try await process.line()
    }

    /// Closes its standard input, which ends it, and returns its exit status.
    func stop() async -> Int32 {
        process.closeInput()
        return await process.end().status
    }

    func signal(_ number: Int32) async -> Int32 {
        process.signal(number)
        return await process.end().status
    }

    /// Programs lie beside the test bundle.
    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("certway-sandbox").path
}
