// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Synchronization

/// Stands at a server's door until what it serves is there.
final class Entrance: Sendable {
    private let answering = Mutex<(@Sendable (ServerRequest) -> ServerAnswer)?>(nil)

    func open(_ answer: @escaping @Sendable (ServerRequest) -> ServerAnswer) { answering.withLock { $0 = answer } }

    func answer(_ request: ServerRequest) -> ServerAnswer {
        answering.withLock { $0 }?(request) ?? .text("starting", status: 503)
    }
}
