// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Moments of a notice between which a process may end; tests end it there, by the same variable as at those of orders.
enum NoticeBoundary: String, Sendable {
    /// It is claimed and has not left.
    case noticeClaimed
    /// It was taken, and that is not written down.
    case noticeTaken

    private static let killAt = ProcessInfo.processInfo.environment["CERTWAY_KILL_AT"].flatMap(NoticeBoundary.init)

    func pass() {
        if Self.killAt == self { kill(getpid(), SIGKILL) }
    }
}
