// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway

/// `certway serve`: the service.
enum ServeCommand {
    static let command = Command(
        "serve", "serve until stopped: directory, plan, orders",
        discussion: """
            Looks at the directory every limits.interval, plans, and works on orders as they fall due, for each CA by itself.
            A changed configuration, profile, secret or certificate is in force with the next order; what cannot be used
            leaves the last good one in force and is logged. With --listen it also begins with an empty folder: the console leads from
            there to the first certificate. A plan over the limits waits for 'certway plan approve'. SIGTERM
            stops within seconds, a second one at once. Neither loses anything.
            """,
        options: [
            .value("listen", "ADDRESS:PORT", "serve the API and the console here, in place of console.listen")
        ],
        examples: [
            ("certway serve --log info", "the service, logging to standard error"),
            ("certway serve --listen 127.0.0.1:8443", "a first run: the console leads through the set-up"),
        ],
        elsewhere: ["dry-run": "'certway plan' shows what it would do, and orders nothing"]
    ) { invocation in
        if invocation.value("listen") != nil, try await !GatewayStore.isThere(invocation.home) {
            try invocation.home.create()
            _ = try await GatewayStore.create(invocation.home)
        }
        let gateway = try await Gateway.open(invocation)
        let service = GatewayService(
            gateway, comparison: { try await DriftAdministration.compare($0) },
            digest: { try await Digest.values($0) })
        let signals = StopSignals { service.stop() }
        defer { signals.cancel() }
        let console = try await ConsoleServer.begin(service, gateway, invocation)
        do {
            try await service.run()
        } catch {
            await console?.shutDown()
            throw error
        }
        await console?.shutDown()
        return .done
    }
}
