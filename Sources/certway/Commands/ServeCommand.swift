// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Enrollment
import Foundation
import Ledger
import Store

/// `certway serve`: passes in a loop.
enum ServeCommand {
    static let command = Command(
        "serve", "run passes in a loop until stopped",
        discussion: """
            Looks at the directory every limits.interval and works on orders as they fall due. SIGTERM finishes the steps
            under way and stops; a second one stops at once. Neither loses anything.
            """,
        examples: [("certway serve --log info", "the service, logging to standard error")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let work = try await gateway.makeWork { _ in }
        let loop = Task {
            while !Task.isCancelled {
                let next = Date() + Double(gateway.configuration.limits.interval.components.seconds)
                do {
                    let report = try await work.pass.run(engine: work.engine, consented: nil, until: next)
                    gateway.logger.log(
                        .notice, "pass done: \(report.planned) planned, \(report.activated) in use", fields: [])
                    for problem in report.problems + [report.overLimit].compactMap(\.self) {
                        gateway.logger.log(.warning, problem, fields: [])
                    }
                } catch let error as StoreError {
                    // Nothing can be recorded, so nothing may be done; what was under way is found again.
                    gateway.logger.log(.error, "the store fails, trying again in 30 s: \(error)", fields: [])
                    try await Task.sleep(for: .seconds(30))
                }
                try await Task.sleep(for: .seconds(max(0, next.timeIntervalSinceNow)))
            }
        }
        let signals = StopSignals {
            work.engine.stop()
            loop.cancel()
        }
        defer { signals.cancel() }
        gateway.logger.log(.notice, "serving from \(gateway.home.path)", fields: [])
        do {
            try await loop.value
        } catch is CancellationError {
            gateway.logger.log(.notice, "stopped", fields: [])
        }
        return .done
    }
}
