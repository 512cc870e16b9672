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
    let vault: VaultStore
    let mail = MailStore()
    let mailboxes = MailboxStore()
    let tokens: TokenIssuer
    let tokenEndpoint: TokenEndpoint
    let deltaTokens: DeltaTokens
    let intuneConnector: IntuneConnector
    /// Connectors, profiles and devices, and what they make of the records.
    let fleet: DeviceFleet
    let play: DevicePlay
    /// Keys, sessions and switches of people's sign-in.
    let signingKeys: SigningKeys
    let signIn = SignInState()
    let signInEndpoints: SignInEndpoints
    let url: String
    private let registration: ClientRegistration
    /// A program that uses the gateway's API.
    private let automation: ClientRegistration
    /// Of the server's certificate; nil over plain HTTP.
    private let tlsRoot: Certificate?
    private let server: HTTPServer

    /// Makes keys, opens a port and serves.
    ///
    /// - Parameters:
    ///   - seed: decides people and ids; keys are new in every run.
    ///   - overTLS: with a certificate that names Microsoft's own hosts, too, for clients that know no other address.
    ///   - mailboxes: how many shared mailboxes there are in the beginning.
    init(
        seed: UInt64, people: Int, includesUnusual: Bool, mailboxes count: Int, overTLS: Bool,
        surroundings: Surroundings
    ) throws {
        var generator = SeededGenerator(seed, "tenant")
        id = generator.guid()
        directory = TenantDirectory(seed: seed, people: people, includesUnusual: includesUnusual)
        SharedMailboxes.make(count, seed: seed, directory: directory, store: mailboxes)
        registration = try ClientRegistration.make(clientID: generator.guid(), now: surroundings.clock.now)
        automation = try ClientRegistration.make(clientID: generator.guid(), now: surroundings.clock.now)
        signingKeys = try SigningKeys(clock: surroundings.clock)
        intuneConnector = try IntuneConnector()
        fleet = DeviceFleet(
            seed: seed, key: intuneConnector.key, group: directory.smimeGroup, clock: surroundings.clock)
        play = DevicePlay(directory: directory, store: pfx, fleet: fleet)
        tokens = TokenIssuer(tenantID: id, clientID: registration.clientID, surroundings: surroundings)
        deltaTokens = DeltaTokens(clock: surroundings.clock)
        vault = VaultStore(clock: surroundings.clock)
        try vault.add("kra-sandbox")
        let services = TenantServices()
        let tls = overTLS ? try TLSAuthority(name: "Microsoft") : nil
        tlsRoot = tls?.root
        server = try HTTPServer(tls: try tls?.makeIdentity(names: MicrosoftHosts.all)) {
            services.answer($0)
        }
        url = server.url
        let claims = PersonClaims(
            tenantID: id, sandboxURL: url, directory: directory, state: signIn, clock: surroundings.clock)
        tokenEndpoint = TokenEndpoint(
            sandboxURL: url, registrations: [registration, automation], tokens: tokens, keys: signingKeys,
            claims: claims)
        signInEndpoints = SignInEndpoints(
            tenantID: id, sandboxURL: url, clients: [registration.clientID, automation.clientID], directory: directory,
            state: signIn, clock: surroundings.clock)
        let discovery = DiscoveryEndpoints(tenantID: id, sandboxURL: url, keys: signingKeys)
        let login = Service(
            LoginDialect(), routes: discovery.routes + tokenEndpoint.routes + signInEndpoints.routes,
            surroundings: surroundings)
        services.begin(
            login: login, graph: graph(services, surroundings), vault: vaultService(surroundings),
            exchange: exchange(surroundings))
    }

    private func vaultService(_ surroundings: Surroundings) -> Service {
        let access = VaultAccess(store: vault, tokens: tokens, tenantID: id, sandboxURL: url)
        return Service(
            VaultDialect(),
            routes: VaultKeyEndpoints(store: vault, access: access).routes
                + VaultObjectEndpoints(store: vault, access: access).routes,
            surroundings: surroundings
        ) { try access.admit($0) }
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
                directory: directory, store: pfx, fleet: fleet, access: access, pager: pager, clock: surroundings.clock
            ).routes
            + ApplicationEndpoint(
                clients: [registration.clientID, automation.clientID], signIn: signIn, access: access, url: url
            ).routes
            + MailEndpoint(directory: directory, store: mail, access: access, clock: surroundings.clock).routes
            + DeviceEndpoints(directory: directory, fleet: fleet, play: play, access: access, pager: pager).routes
            + BatchEndpoint(access: access, origin: pager.url, hostility: hostility) { services.inner($0) }.routes
        // Whatever is in v1.0 is in beta, too.
        return Service(GraphDialect(), routes: routes + routes.compactMap(\.inBeta), surroundings: surroundings)
    }

    private func exchange(_ surroundings: Surroundings) -> Service {
        let endpoints = ExchangeEndpoints(
            recipients: RecipientDirectory(directory: directory, store: mailboxes), tokens: tokens, tenantID: id,
            pager: CmdletPager(url: url, hostility: surroundings.hostility))
        return Service(ExchangeDialect(), routes: endpoints.routes, surroundings: surroundings)
    }

    /// What a client needs, for the line that the sandbox prints.
    var json: JSONValue {
        get throws {
            var members: [String: JSONValue] = [
                "id": .string(id), "login": .string(url), "graph": .string(url),
                "exchange": .string(url),
                "clientID": .string(registration.clientID), "clientSecret": .string(registration.secret),
                "certificate": [
                    "certificatePEM": .string(registration.certificate.pem),
                    "privateKeyPEM": .string(registration.privateKeyPEM),
                ],
                "groups": ["smime": .string(directory.smimeGroup), "nested": .string(directory.nestedGroup)],
                "intune": try intuneConnector.json,
                "vault": ["url": .string(url), "resource": .string(VaultAccess.audience), "key": "kra-sandbox"],
            ]
            let people = directory.state
            members["signIn"] = [
                "appRoles": JSONValue(SignInState.appRoles),
                "people": .object(
                    Dictionary(
                        uniqueKeysWithValues: zip(people.numbers, SignInState.appRoles).map { number, role in
                            (role, .string(people.person(number).userPrincipalName))
                        })),
                "automation": [
                    "clientID": .string(automation.clientID), "clientSecret": .string(automation.secret),
                    "scope": .string("api://\(registration.clientID)/.default"),
                ],
            ]
            members["tlsRootPEM"] = tlsRoot.map { .string($0.pem) }
            return .object(members)
        }
    }

    func stop() { server.stop() }
}
