// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The moment of a package in which a process may end so that somebody notices; tests end it there, by the same variable as at those of
/// orders.
enum PackageBoundary: String, Sendable {
    /// It counts as fetched, and its content has not left.
    case packageClaimed

    private static let killAt = ProcessInfo.processInfo.environment["CERTWAY_KILL_AT"].flatMap(PackageBoundary.init)

    func pass() {
        if Self.killAt == self { kill(getpid(), SIGKILL) }
    }
}
