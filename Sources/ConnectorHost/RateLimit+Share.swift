// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

extension RateLimit {
    /// What one of so many nodes may use of a limit that holds for all of them together. Where it allows fewer requests than there
    /// are nodes, they keep it in the long run: a CA that counts shorter asks them to wait.
    func share(among nodes: Int) -> RateLimit {
        guard nodes > 1 else { return self }
        if requests >= nodes { return RateLimit(requests: requests / nodes, per: per) }
        // Less than one for each: one in so much more time.
        return RateLimit(requests: 1, per: per * nodes / max(1, requests))
    }
}
