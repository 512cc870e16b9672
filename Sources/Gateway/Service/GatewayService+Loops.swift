// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Planning

extension GatewayService {
    /// What keeps the loops from their work and is no error of theirs.
    func lookAtLoops() async {
        say(
            .error, "database", presence.problem.map { ["nothing can be put on record: \($0)"] } ?? [],
            over: SaidOnce.isOver)
        guard let resting = try? await RestingWork.sentences(in: first.ledger) else { return }
        for job in JobBook.Job.allCases {
            say(.warning, "\(job.rawValue) rests", [resting[job]].compactMap(\.self), over: SaidOnce.isOver)
        }
        let interval = (try? await current.latest().configuration.limits.interval) ?? Self.restAfterError
        let figures = loopFigures.withLock(\.self)
        let last = figures.directory.lastSuccess ?? figures.startedAt
        let patience = Self.patience(interval)
        let isLate = presence.lease != nil && resting[.directory] == nil && now > last + patience
        say(
            .error, "directory reading",
            isLate
                ? [
                    "the directory was last read to its end at \(last.ISO8601Format()): who has left or was renamed since is not known"
                ]
                : [], over: SaidOnce.isOver)
    }

    /// Notes which templates could not be looked at; since when stays.
    func note(_ unplanned: [UnplannedTemplate]) {
        loopFigures.withLock { figures in
            let known = figures.unplanned
            figures.unplanned = unplanned.map { one in
                (one, known.first { $0.what.template == one.template }?.since ?? now)
            }
        }
    }

    /// How long the directory may go unread before somebody is told, in seconds: longer than a tenant of 100,000 people takes that
    /// throttles.
    public static func patience(_ interval: Duration) -> TimeInterval {
        max(1800, Double(interval.components.seconds) * 3)
    }
}
