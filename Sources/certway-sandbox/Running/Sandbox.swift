// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// A running sandbox: the parts that were asked for and the control API over them.
final class Sandbox: Sendable {
    private let tenant: Tenant?
    private let authorities: [any CASandbox]
    private let control: ControlServer

    init(_ options: SandboxOptions) throws {
        if let file = options.clock { try SandboxClock.world.keep(in: file) }
        if let start = options.start { SandboxClock.world.set(to: start) }
        let surroundings = Surroundings(
            clock: .world, log: RequestLog(), plan: FaultPlan(),
            hostility: options.isHostile ? Hostility(seed: options.seed) : nil)
        tenant =
            options.includes("tenant")
            ? try Tenant(
                seed: options.seed, people: options.users, includesUnusual: options.includesUnusual,
                mailboxes: options.mailboxes, overTLS: options.servesTenantOverTLS, surroundings: surroundings) : nil
        let setup = CASetup(
            surroundings: surroundings,
            directory: tenant?.directory
                ?? TenantDirectory(
                    seed: options.seed, people: options.users, includesUnusual: options.includesUnusual),
            isInstant: options.isInstant, validatesEmails: options.validatesEmails,
            isLimited: options.isLimited, seed: options.seed)
        authorities = try CASandboxes.all.filter { options.includes($0.name) }.map { try $0.init(setup) }
        control = try ControlServer(tenant: tenant, authorities: authorities, surroundings: surroundings)
    }

    /// The line that tells a client where everything is.
    var json: JSONValue {
        get throws {
            var members: [String: JSONValue] = ["control": .string(control.url)]
            members["tenant"] = try tenant?.json
            members["cas"] = .object(
                Dictionary(uniqueKeysWithValues: authorities.map { (type(of: $0).name, $0.json) }))
            return .object(members)
        }
    }

    func stop() {
        control.stop()
        tenant?.stop()
        for authority in authorities { authority.stop() }
    }
}
