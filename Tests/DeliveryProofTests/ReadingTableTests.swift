// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import DeliveryProof
import Testing

@Suite struct ReadingTableTests {
    @Test func stepsAreNamedAfterTheirRoom() {
        #expect(ReadingTables.migrations.allSatisfy { $0.name.hasPrefix("delivery-proof-") })
    }
}
