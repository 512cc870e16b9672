// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How a server comes to its answers.
enum RequestHandler: Sendable {
    /// Runs on the thread of its connection and may block.
    case blocking(@Sendable (ServerRequest) -> ServerAnswer)
    /// Runs as a task, while its connection is suspended.
    case suspending(@Sendable (ServerRequest) async -> ServerAnswer)
}
