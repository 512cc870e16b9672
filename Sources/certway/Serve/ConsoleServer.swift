// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import Administration
import CommandInterface
import Gateway
import HTTPServing
import WebConsole

/// Opens the port of `certway serve` with all that answers there: API, sign-in, console, health.
enum ConsoleServer {
    /// - Returns: nil where neither the option nor section `console` names a port.
    /// - Throws: `UsageError` for an option that cannot be used, `HTTPServerError` and `SettingsError` for a port, certificate or key
    ///   that cannot.
    static func begin(
        _ service: GatewayService, _ gateway: Gateway, _ invocation: Invocation
    ) async throws -> ConsoleService? {
        let console = gateway.configuration.console
        guard let address = try option(invocation) ?? console?.listen else { return nil }
        let desk = SignInDesk { try await service.gateway() }
        let (sentences, silence) = Profiles.sentences
        if let silence { gateway.logger.log(.warning, silence, fields: []) }
        let door = SignInDoor(desk, sentences)
        let files = ConsoleFiles()
        if let problem = files.problem { gateway.logger.log(.warning, problem, fields: []) }
        let server = try ConsoleService(
            service, GatewayAuthenticator(desk), listen: address,
            tls: console?.tls.map { TLSFiles(certificate: $0.certificate, key: $0.key) },
            proxies: console?.proxies ?? .none, version: CertwayProgram.version, sentences: sentences,
            logger: gateway.logger,
            doors: [{ await door.answer($0) }, { files.answer($0) }])
        Terminal.complain("console and API at \(console?.publicURL ?? server.url)")
        try await tellFirstWayIn(gateway, invocation)
        return server
    }

    private static func option(_ invocation: Invocation) throws -> ListenAddress? {
        guard let text = invocation.value("listen") else { return nil }
        do {
            return try ListenAddress(text)
        } catch {
            throw UsageError("--listen: \(error.message)", path: invocation.path)
        }
    }

    /// Where nobody could get in, one token is made and told here, once: whoever sees the output of the service runs it.
    private static func tellFirstWayIn(_ gateway: Gateway, _ invocation: Invocation) async throws {
        let tokens = TokenAdministration(gateway.store, caller: invocation.caller)
        let hasSignIn = gateway.configuration.console?.signIn != nil
        guard try await tokens.needsBootstrap(hasSignIn: hasSignIn) else { return }
        let made = try await tokens.bootstrap()
        Terminal.complain(
            "nobody signs in here yet: within an hour, sign in once with the token \(made.secret.revealed)")
    }
}
