// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments

/// The control API of a sandbox, on an address of its own (docs/sandbox.md).
final class ControlServer: Sendable {
    private let server: HTTPServer

    var url: String { server.url }

    init(tenant: Tenant?, authorities: [any CASandbox], surroundings: Surroundings) throws {
        let orders = authorities.lazy.compactMap { $0 as? DigiCertSandbox }.first.map {
            OrderControl(account: $0.account)
        }
        let cas = CAControls(authorities, clock: surroundings.clock)
        let state = Route("control.state", "GET", "/control/state") { _ in
            var value: [String: JSONValue] = ["requests": surroundings.log.json]
            value["seed"] = surroundings.hostility.map { .string(String($0.seed)) }
            value["now"] = .string(Timestamp.utc(surroundings.clock.now))
            if let tenant {
                let state = tenant.directory.state
                value["users"] = JSONValue(state.numbers.count(where: state.isPresent))
                value["members"] = JSONValue(state.members(of: tenant.directory.smimeGroup).count)
                value["pfx"] = JSONValue(tenant.pfx.all.count)
            }
            value.merge(orders?.counts ?? [:]) { own, _ in own }
            value["cas"] = cas.counts
            return .json(.object(value))
        }
        let routes =
            [state] + FaultControl(surroundings: surroundings).routes
            + (tenant.map {
                PeopleControl(tenant: $0, clock: surroundings.clock).routes + TenantControl(tenant: $0).routes
                    + RecipientControl(tenant: $0).routes + VaultControl(store: $0.vault).routes
                    + ExchangeControl(tenant: $0).routes
                    + LastMileControl(tenant: $0, clock: surroundings.clock).routes
            }
                ?? []) + (orders?.routes ?? []) + cas.routes
        // Its own calls are not counted and meet no faults.
        let service = Service(
            ControlDialect(), routes: routes,
            surroundings: Surroundings(
                clock: surroundings.clock, log: RequestLog(), plan: FaultPlan(), hostility: nil))
        server = try HTTPServer { service.answer($0) }
    }

    func stop() { server.stop() }
}
