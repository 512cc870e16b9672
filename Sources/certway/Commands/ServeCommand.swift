// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import CommandInterface
import Gateway
import HTTPServing
import WebConsole

/// `certway serve`: the service.
enum ServeCommand {
    static let command = Command(
        "serve", "serve until stopped: directory, plan, orders",
        discussion: """
            Looks at the directory every limits.interval, plans, and works on orders as they fall due, for each CA by itself.
            A changed configuration, profile, secret or certificate is in force with the next order; what cannot be used
            leaves the last good one in force and is logged. A plan over the limits waits for 'certway plan approve'. SIGTERM
            stops within seconds, a second one at once. Neither loses anything.
            """,
        options: [
            .value("listen", "ADDRESS:PORT", "serve the API and the console here, such as 127.0.0.1:8443")
        ],
        examples: [("certway serve --log info", "the service, logging to standard error")],
        elsewhere: ["dry-run": "'certway plan' shows what it would do, and orders nothing"]
    ) { invocation in
        let service = GatewayService(try await Gateway.open(invocation))
        let signals = StopSignals { service.stop() }
        defer { signals.cancel() }
        let listening = try invocation.value("listen").map { try listen($0, service, invocation) }
        do {
            try await service.run()
        } catch {
            await listening?.end()
            throw error
        }
        await listening?.end()
        return .done
    }

    /// The open port, and what answers there.
    private struct Listening {
        let server: HTTPServer
        let api: APIServer

        func end() async {
            await api.stop()
            await server.shutDown()
        }
    }

    /// Opens the port.
    private static func listen(
        _ place: String, _ service: GatewayService, _ invocation: Invocation
    ) throws -> Listening {
        let address: ListenAddress
        do {
            address = try ListenAddress(place)
        } catch {
            throw UsageError("--listen: \(error.message)", path: invocation.path)
        }
        guard address.isLoopback else {
            throw UsageError(
                "--listen: found \"\(place)\": without TLS only this machine may ask, such as 127.0.0.1:\(address.port)",
                path: invocation.path)
        }
        let token = BootstrapToken.make()
        let console = ConsoleFiles()
        let api = APIServer(
            { try await service.gateway() }, BootstrapToken(token), doors: [{ console.answer($0) }])
        let server = try HTTPServer(listen: address, maximumBodySize: APIServer.maximumBodySize) { request in
            await api.answer(request)
        }
        Terminal.complain("console and API at \(server.url), token \(token)")
        return Listening(server: server, api: api)
    }
}
