// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Runs passes of a gateway and kills them at moments that are measured from what they do, so that a slow machine kills in
/// the middle of the work as well as a fast one.
struct KillDriver {
    let gateway: GatewayUnderTest
    /// Seconds from the start of a pass to its first call of the CA, and from there to its end, of an undisturbed one.
    let measured: (toFirstCall: Double, fromThere: Double)
    private static let pass = ["run", "--once", "--wait", "120", "--output", "json"]

    /// Measures an undisturbed pass of a gateway of its own.
    static func measure(_ gateway: GatewayUnderTest) async throws -> (toFirstCall: Double, fromThere: Double) {
        let start = ContinuousClock.now
        let run = try await gateway.start(pass)
        try await waitForCall(of: run, gateway, after: 0)
        let first = ContinuousClock.now
        _ = await run.end()
        return (start.duration(to: first) / .seconds(1), first.duration(to: .now) / .seconds(1))
    }

    /// Every fourth pass is killed before it may have called the CA, the others within an eighth of the work after that.
    ///
    /// - Returns: false when the pass ended by itself before.
    func killOne(_ random: inout SeededGenerator) async throws -> Bool {
        let early = Int.random(in: 0..<4, using: &random) == 0
        let share = Double.random(in: 0...1, using: &random)
        let calls = try await Self.calls(gateway)
        let run = try await gateway.start(Self.pass)
        if early {
            try await Task.sleep(for: .seconds(share * measured.toFirstCall))
        } else {
            try await Self.waitForCall(of: run, gateway, after: calls)
            try await Task.sleep(for: .seconds(share * measured.fromThere / 8))
        }
        run.signal(SIGKILL)
        return await run.end().wasKilled
    }

    private static func calls(_ gateway: GatewayUnderTest) async throws -> Int {
        try await gateway.sandbox.calls("digicert.")
    }

    private static func waitForCall(of run: ChildProcess, _ gateway: GatewayUnderTest, after count: Int) async throws {
        while run.isRunning, try await calls(gateway) <= count { try await Task.sleep(for: .milliseconds(10)) }
    }
}
