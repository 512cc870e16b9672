// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Gateway

/// Connectors whose CAs a simulation can use: an order whose answer was lost can be looked for, and a certificate be revoked, so
/// that nothing waits for a person who is not there.
struct SimulatedAuthorities {
    let names: [String]
    /// Those whose products are not known to the profile, so that a new name needs no other profile.
    let renamable: Set<String>
    /// Two to begin and to switch to.
    let usual: [String]

    init(_ profiles: Profiles) {
        let catalogue = profiles.catalogue
        let needed: [ConnectorAbility] = [.findByReference, .revoke, .inventory]
        let fitting = catalogue.outlines().filter { profile in
            profile.module == "rest" && needed.allSatisfy(profile.abilities.contains)
        }
        let names = fitting.map(\.name).sorted()
        let renamable = Set(names.filter { catalogue.profile(named: $0)?.products.isEmpty == true })
        let fixed = names.filter { !renamable.contains($0) }
        (self.names, self.renamable) = (names, renamable)
        usual = Array((names.filter(renamable.contains).prefix(1) + fixed).prefix(2))
    }
}
