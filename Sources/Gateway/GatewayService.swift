// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Enrollment
import Foundation
import Store
import Synchronization

/// Passes in a loop, each with the configuration and the profiles of its time.
public final class GatewayService: Sendable {
    private struct State {
        var engine: EnrollmentEngine?
        var pass: Task<EnrollmentPass.Report, any Error>?
        var isStopping = false
    }

    private let first: Gateway
    private let state = Mutex(State())

    public init(_ gateway: Gateway) { first = gateway }

    /// Ends the loop: reading and planning at once, orders after the step they are in.
    public func stop() {
        state.withLock { state in
            state.isStopping = true
            state.engine?.stop()
            state.pass?.cancel()
        }
    }

    private var isStopping: Bool { state.withLock(\.isStopping) }

    /// - Throws: `SettingsError` when another process works on the folder or the first configuration cannot be used.
    public func run() async throws {
        var gateway = first
        try await gateway.takeOver()
        var revision = try await gateway.revision
        var work = try gateway.makeWork { _ in }
        log(.notice, "serving from \(gateway.home.path)")
        warn(gateway)
        while !isStopping {
            let next = Date() + Double(gateway.configuration.limits.interval.components.seconds)
            do {
                let current = try await gateway.revision
                if current != revision {
                    revision = current
                    gateway = try await gateway.reloaded()
                    work = try gateway.makeWork { _ in }
                    log(.notice, "the configuration has changed and is in force")
                    warn(gateway)
                }
                try await pass(gateway, work, until: next)
                try await rest(until: next)
            } catch is CancellationError {
                break
            } catch {
                // Nothing is lost: what was under way is found again. The reason may be the store or a setting.
                log(.error, "the pass failed, trying again in 30 s: \(error)")
                try? await rest(until: Date() + 30)
            }
        }
        log(.notice, "stopped")
    }

    private func pass(
        _ gateway: Gateway, _ work: (engine: EnrollmentEngine, pass: EnrollmentPass), until next: Date
    ) async throws {
        let pass = Task {
            let report = try await work.pass.place(try await work.pass.plan(), consented: nil)
            try await work.engine.work(until: next)
            return report
        }
        let isStopping = state.withLock { state in
            state.engine = work.engine
            state.pass = pass
            return state.isStopping
        }
        if isStopping { stop() }
        let report = try await pass.value
        log(.notice, "pass done: \(report.planned) planned")
        for problem in report.problems + [report.overLimit].compactMap(\.self) { log(.warning, problem) }
        for (name, alarm) in gateway.backends.openAlarms { log(.warning, "backend CA \(name): \(alarm)") }
    }

    private func rest(until date: Date) async throws {
        while !isStopping, Date() < date { try await Task.sleep(for: .milliseconds(200)) }
    }

    private func warn(_ gateway: Gateway) {
        for problem in gateway.profiles.catalogue.problems(.inUse) { log(.warning, "connector profile: \(problem)") }
        for name in gateway.backends.names {
            if case .unusable(let reason)? = gateway.backends[name] { log(.warning, "backend CA \(name): \(reason)") }
        }
    }

    private func log(_ level: LogLevel, _ message: String) { first.logger.log(level, message, fields: []) }
}
