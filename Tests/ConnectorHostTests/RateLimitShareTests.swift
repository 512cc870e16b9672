// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Testing

@testable import ConnectorHost

@Suite struct RateLimitShareTests {
    /// Whatever the limit and the number of nodes: together they never use more than the CA allows.
    @Test func nodesTogetherKeepTheLimit() {
        for requests in 1...40 {
            for nodes in 1...9 {
                let limit = RateLimit(requests: requests, per: .seconds(60))
                let share = limit.share(among: nodes)
                #expect(share.requests >= 1)
                let used = Double(nodes * share.requests) / (share.per / .seconds(1))
                #expect(used <= Double(requests) / 60 + 1e-9, "\(requests) among \(nodes)")
                // And no window of the CA ever sees more, at a moment when all begin.
                if share.per == limit.per { #expect(nodes * share.requests <= requests) }
            }
        }
        #expect(RateLimit(requests: 7, per: .seconds(1)).share(among: 1) == RateLimit(requests: 7, per: .seconds(1)))
    }
}
