// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import Testing

@Suite struct ConfigurationTests {
    @Test func documentsAreAppliedTogetherAndKeepTheirRevision() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        #expect(try await ledger.configurationRevision() == 0)
        let first = try await ledger.apply([
            .put(kind: "backend-ca", name: "digicert", body: ["url": "x"]),
            .put(kind: "template", name: "smime", body: ["group": "g"]),
        ])
        #expect(first == 1)
        #expect(try await ledger.apply([.put(kind: "template", name: "smime", body: ["group": "g"])]) == 1)
        #expect(try await ledger.apply([.delete(kind: "template", name: "none")]) == 1)
        #expect(try await ledger.apply([.put(kind: "template", name: "smime", body: ["group": "h"])]) == 2)
        #expect(try await ledger.documents().map(\.revision) == [1, 2])
        #expect(try await ledger.documents("template").map(\.body) == [["group": "h"]])
        #expect(try await ledger.apply([.delete(kind: "template", name: "smime")]) == 3)
        #expect(try await ledger.configurationRevision() == 3)
        #expect(try await ledger.documents().map(\.name) == ["digicert"])
    }

    @Test func stateIsKeptAndRemoved() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        #expect(try await ledger.state("delta") == nil)
        try await ledger.setState("delta", ["link": "https://example.test/?a=1"])
        try await ledger.setState("delta", "text")
        #expect(try await ledger.state("delta") == "text")
        try await ledger.setState("delta", nil)
        #expect(try await ledger.state("delta") == nil)
    }
}
