// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// A running sandbox: the parts that were asked for and the control API over them.
final class Sandbox: Sendable {
    private let tenant: Tenant?
    private let digicert: DigiCertSandbox?
    private let control: ControlServer

    init(_ options: SandboxOptions) throws {
        let surroundings = Surroundings(
            clock: SandboxClock(), log: RequestLog(), plan: FaultPlan(),
            hostility: options.isHostile ? Hostility(seed: options.seed) : nil)
        tenant =
            options.includes("tenant")
            ? try Tenant(
                seed: options.seed, people: options.users, includesUnusual: options.includesUnusual,
                surroundings: surroundings) : nil
        digicert =
            options.includes(DigiCertSandbox.name)
            ? try DigiCertSandbox(
                validatesEmails: options.validatesEmails, isInstant: options.isInstant, isLimited: options.isLimited,
                surroundings: surroundings) : nil
        control = try ControlServer(tenant: tenant, digicert: digicert, surroundings: surroundings)
    }

    /// The line that tells a client where everything is.
    var json: JSONValue {
        get throws {
            var members: [String: JSONValue] = ["control": .string(control.url)]
            members["tenant"] = try tenant?.json
            members["cas"] = .object(digicert.map { [DigiCertSandbox.name: $0.json] } ?? [:])
            return .object(members)
        }
    }

    func stop() {
        control.stop()
        tenant?.stop()
        digicert?.stop()
    }
}
