// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Gateway

/// `certway serve`: passes in a loop.
enum ServeCommand {
    static let command = Command(
        "serve", "run passes in a loop until stopped",
        discussion: """
            Looks at the directory every limits.interval and works on orders as they fall due. Changed configuration and
            connector profiles are taken up with the next pass; an invalid profile leaves its last good form in force. SIGTERM finishes the steps
            under way and stops; a second one stops at once. Neither loses anything.
            """,
        examples: [("certway serve --log info", "the service, logging to standard error")]
    ) { invocation in
        let service = GatewayService(try await Gateway.open(invocation))
        let signals = StopSignals { service.stop() }
        defer { signals.cancel() }
        try await service.run()
        return .done
    }
}
