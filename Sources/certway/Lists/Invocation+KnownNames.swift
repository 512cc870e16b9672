// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import Ledger

extension Invocation {
    /// Refuses the names of `--template` and `--backend-ca` that nothing has, in a list or among what is chosen.
    func requireKnownNames(in store: GatewayStore) async throws {
        let names = KnownNames(store)
        if let template = value("template") { try await names.require(template, .template) }
        if let backendCA = value("backend-ca") { try await names.require(backendCA, .backendCA) }
    }
}
