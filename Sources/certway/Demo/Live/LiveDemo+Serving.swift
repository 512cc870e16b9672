// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import HTTPTransport
import JSONDocuments
import Settings

extension LiveDemo {
    /// `certway demo --serve`: until it is stopped.
    static func serve(_ invocation: Invocation) async throws -> ExitStatus {
        for option in ["connector", "product", "key"]
        where invocation.value(option) != nil {
            throw UsageError(
                "--serve has CAs of its own: leave out --\(option)", path: invocation.path)
        }
        let progress = ProgressLine()
        let demo = LiveDemo(
            users: try invocation.int("users", in: 50...5000) ?? 200,
            folder: try DemoFolder(keep: invocation.value("keep")), profiles: invocation.profiles,
            logger: StandardLogger(
                threshold: invocation.value("log") == "notice" ? .error : invocation.logger.threshold,
                write: Terminal.complain), progress: { progress.show($0) })
        let (sandbox, gateway) = try await demo.prepare()
        progress.clear()
        let service = GatewayService(gateway, isTakenOver: true)
        let signals = StopSignals { service.stop() }
        defer { signals.cancel() }
        guard let console = try await ConsoleServer.begin(service, gateway, invocation) else {
            throw SettingsError("the demo's configuration has no section console", at: .state)
        }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                group.addTask {
                    do { try await tell(gateway, sandbox, invocation) } catch {
                        service.stop()
                        throw error
                    }
                }
                try await group.waitForAll()
            }
        } catch {
            service.stop()
            await console.shutDown()
            await GatewayStore.closeAll()
            throw error
        }
        await console.shutDown()
        await GatewayStore.closeAll()
        return .done
    }

    /// Says where everything is, once it answers.
    private static func tell(_ gateway: Gateway, _ sandbox: SandboxService, _ invocation: Invocation) async throws {
        let address = gateway.configuration.console?.publicURL ?? ""
        let http = CurlHTTPClient()
        // It is our own port, open already: what is waited for are the first words of the service behind it.
        for _ in 0..<300 {
            let answer = try? await http.send(HTTPRequest(method: "GET", url: "\(address)/api/v1/status"))
            if answer?.isSuccess == true { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        let demo = LiveDemoAddresses(
            console: address, control: sandbox.description["control"]?.string ?? "",
            tokens: try await LiveDemoAddresses.makeTokens(gateway.store))
        if invocation.wantsJSON {
            Terminal.print(json: demo.json.text)
        } else {
            Terminal.print(lines: demo.text)
        }
        // As an administrator would have done this morning; nobody waits for it.
        _ = try? await ServiceAdministration(gateway).examine()
    }
}
