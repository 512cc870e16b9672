// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Moments of a publication between which a process may end; tests end it there, by the same variable as at those of orders.
enum PublicationBoundary: String, Sendable {
    case beforePublication, publicationWritten, publicationNoted

    private static let killAt = ProcessInfo.processInfo.environment["CERTWAY_KILL_AT"].flatMap(PublicationBoundary.init)

    func pass() {
        if Self.killAt == self { kill(getpid(), SIGKILL) }
    }
}
