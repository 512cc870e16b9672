// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments
import PKIX
import Synchronization

/// The sandbox tenant: token endpoint, directory and Intune behind one address.
final class Tenant: Sendable {
    let id: String
    let directory: TenantDirectory
    let pfx = PFXStore()
    let tokens: TokenIssuer
    let tokenEndpoint: TokenEndpoint
    let deltaTokens: DeltaTokens
    let intuneConnector: IntuneConnector
    let url: String
    private let registration: ClientRegistration
    private let server: HTTPServer

    /// Makes keys, opens a port and serves.
    ///
    /// - Parameter seed: decides people and ids; keys are new in every run.
    init(seed: UInt64, people: Int, includesUnusual: Bool, surroundings: Surroundings) throws {
        var generator = SeededGenerator(seed, "tenant")
        id = generator.guid()
        directory = TenantDirectory(seed: seed, people: people, includesUnusual: includesUnusual)
        registration = try ClientRegistration.make(clientID: generator.guid())
        intuneConnector = try IntuneConnector()
        tokens = TokenIssuer(tenantID: id, clientID: registration.clientID, surroundings: surroundings)
        deltaTokens = DeltaTokens(clock: surroundings.clock)
        let services = TenantServices()
        server = try HTTPServer { services.answer($0) }
        url = server.url
        tokenEndpoint = TokenEndpoint(
            tenantID: id, sandboxURL: url, registration: registration, tokens: tokens, clock: surroundings.clock)
        let login = Service(LoginDialect(), routes: tokenEndpoint.routes, surroundings: surroundings)
        services.begin(login: login, graph: graph(services, surroundings))
    }

    private func graph(_ services: TenantServices, _ surroundings: Surroundings) -> Service {
        let access = GraphAccess(tokens: tokens)
        let hostility = surroundings.hostility
        let pager = GraphPager(url: url, hostility: hostility)
        let routes =
            DeltaEndpoints(
                directory: directory, access: access, url: url, tokens: deltaTokens, hostility: hostility
            ).routes
            + UserEndpoints(directory: directory, access: access, pager: pager).routes
            + GroupEndpoints(directory: directory, access: access, pager: pager).routes
            + ContactEndpoints(directory: directory, access: access, pager: pager).routes
            + PFXEndpoints(
                directory: directory, store: pfx, access: access, pager: pager, clock: surroundings.clock
            ).routes
            + BatchEndpoint(access: access, origin: pager.url, hostility: hostility) { services.inner($0) }.routes
        return Service(GraphDialect(), routes: routes, surroundings: surroundings)
    }

    /// What a client needs, for the line that the sandbox prints.
    var json: JSONValue {
        get throws {
            [
                "id": .string(id), "login": .string(url), "graph": .string(url),
                "clientID": .string(registration.clientID), "clientSecret": .string(registration.secret),
                "certificate": [
                    "certificatePEM": .string(registration.certificate.pem),
                    "privateKeyPEM": .string(registration.privateKeyPEM),
                ],
                "groups": ["smime": .string(directory.smimeGroup), "nested": .string(directory.nestedGroup)],
                "intune": try intuneConnector.json,
            ]
        }
    }

    func stop() { server.stop() }
}
