// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import Gateway
import Ledger
import Synchronization

/// The work of a demo: one pass, or several gateways that serve beside each other, until everybody has a certificate. What a
/// gateway asks a person is answered in between.
struct DemoEnrollment {
    /// What came of it, and what it took.
    struct Effort {
        var answers: [DemoOperator.Answer] = []
        var seconds = 0.0
        var cpuSeconds = 0.0
    }

    /// Nodes on one database; the first is asked about all.
    let gateways: [Gateway]
    let person: DemoOperator
    let users: Int
    let deadline: Date

    /// - Parameter begin: called when all are there; from then on the time counts.
    func run(_ begin: () async throws -> Void) async throws -> Effort {
        guard gateways.count == 1 else { return try await serve(begin) }
        try await begin()
        return try await Self.measured { try await passes() }
    }

    private func passes() async throws -> [DemoOperator.Answer] {
        let progress = ProgressLine()
        let pass = SinglePass(gateways[0], onActivity: { progress.show($0.sentence) })
        let signals = StopSignals { pass.stop() }
        defer { signals.cancel() }
        var answers: [DemoOperator.Answer] = []
        while true {
            let report = try await pass.run(consented: nil, until: deadline)
            progress.clear()
            for cause in report.causes { Terminal.complain("certway: \(cause)") }
            guard Date() < deadline, case let given = try await person.answer(), !given.isEmpty else { return answers }
            answers += given
        }
    }

    private func serve(_ begin: () async throws -> Void) async throws -> Effort {
        let services = gateways.map { GatewayService($0) }
        let isOver = OverFlag()
        let stop: @Sendable () -> Void = {
            isOver.raise()
            for service in services { service.stop() }
        }
        let signals = StopSignals(stop)
        defer { signals.cancel() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services {
                group.addTask {
                    // Without one of them the others would serve for nobody who looks.
                    defer { stop() }
                    try await service.run()
                }
            }
            defer { stop() }
            while !isOver.isRaised, Date() < deadline, !services.allSatisfy(\.isServing) { try await Self.pause() }
            try await begin()
            let effort = try await Self.measured {
                var answers: [DemoOperator.Answer] = []
                while !isOver.isRaised, Date() < deadline, try await !isDone() {
                    try await Self.pause()
                    answers += try await person.answer()
                }
                return answers
            }
            stop()
            try await group.waitForAll()
            return effort
        }
    }

    /// Whether nobody is left who waits for anything but a person.
    private func isDone() async throws -> Bool {
        let counts = try await gateways[0].ledger.counts()
        let open = counts.filter(\.stage.isOpen).reduce(0) { $0 + $1.count - $1.held }
        return open == 0 && counts.reduce(0) { $0 + $1.count } >= users
    }

    private static func pause() async throws { try await Task.sleep(for: .milliseconds(250)) }

    private static func measured(_ work: () async throws -> [DemoOperator.Answer]) async throws -> Effort {
        let start = (clock: ContinuousClock.now, cpu: cpuSeconds)
        var effort = Effort(answers: try await work())
        effort.seconds = (ContinuousClock.now - start.clock) / .seconds(1)
        effort.cpuSeconds = cpuSeconds - start.cpu
        return effort
    }

    /// Processor time this process has used so far.
    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
    }
}

/// Raised once, by whoever ends the work.
private final class OverFlag: Sendable {
    private let value = Atomic(false)
    var isRaised: Bool { value.load(ordering: .relaxed) }
    func raise() { value.store(true, ordering: .relaxed) }
}
