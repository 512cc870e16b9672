// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import Ledger

extension Invocation {
    /// Refuses the names of `--template` and `--backend-ca` that nothing has, in a list or among what is chosen.
    func requireKnownNames(in store: GatewayStore) async throws {
        try await KnownNames(store).require(template: value("template"), backendCA: value("backend-ca"))
    }
}
