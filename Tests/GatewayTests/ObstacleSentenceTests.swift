// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Gateway
@testable import Ledger

/// A standstill says when it goes on by itself, and how it goes on at once.
@Suite struct ObstacleSentenceTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func sentence(
        _ kind: String?, next: TimeInterval?, isHeld: Bool = false, side: OrderObstacle.Side = .certificateAuthority,
        cause: String = "the CA answered 503"
    ) -> String {
        OrderObstacle(
            backendCA: "ca", side: side, errorKind: kind, isHeld: isHeld, cause: cause, count: 3, example: "cw-x",
            triedAt: now - 60, nextAt: next.map { now + $0 }
        ).sentence(at: now)
    }

    @Test(arguments: ["transient", "throttled", "refused", "authentication", "configuration", "outcomeUnknown"])
    func whatIsTriedLaterSaysWhen(kind: String) {
        let later = sentence(kind, next: 900)
        #expect(later.contains("again at \((now + 900).ISO8601Format())") && !later.contains("next pass"), "\(later)")
        // A search that is early proves nothing, and is no way out.
        #expect(later.contains("'certway order retry --delayed --backend-ca ca'") == (kind != "outcomeUnknown"))
        for due in [nil, -5.0] {
            let now = sentence(kind, next: due)
            #expect(now.contains("by the next pass") && !now.contains("--delayed"), "\(now)")
        }
    }

    @Test func anOldErrorIsNotTakenForOneOfNow() {
        #expect(sentence("authentication", next: 30).contains("last tried \((now - 60).ISO8601Format())"))
    }

    @Test func deliveryIsTriedAgainAtItsTime() {
        let text = sentence("permission", next: 900, side: .delivery)
        #expect(text.contains("its delivery is tried again at \((now + 900).ISO8601Format())"), "\(text)")
    }

    /// Advice that stands in the cause is not given a second time, in other words.
    @Test func aHeldOrderHasOneAdvice() {
        let bare = sentence(nil, next: nil, isHeld: true, cause: "leads to no accepted root")
        #expect(bare.contains("'certway order retry --held --backend-ca ca' looks again"))
        let advised = sentence(nil, next: nil, isHeld: true, cause: "mend it, then 'certway order retry cw-x'")
        #expect(!advised.contains("looks again") && advised.hasSuffix("'certway order list --held --backend-ca ca'"))
    }
}
