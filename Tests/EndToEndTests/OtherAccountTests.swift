// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing

/// The file of the API key holds another account's key by the time lost orders are looked for: nothing is bought there.
@Suite(.timeLimit(.minutes(5))) struct OtherAccountTests {
    @Test func nothingIsBoughtInTheAccountOfAnotherKey() async throws {
        let (people, connector) = (2, "digicert-certcentral")
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "\(people)", "--only", "tenant", "--only", connector]))
        try await gateway.sandbox.order("cut-after", of: "digicert.enroll", count: people)
        try await gateway.sandbox.order("unavailable", of: "digicert.orders", count: 1_000_000)
        try await gateway.certway(["run", "--once"])
        #expect(try await gateway.sandbox.orders(connector).count == people)
        // From here on any key is taken, and no list shows the orders: as it is in an account of its own.
        let former = gateway.sandbox.text("cas", connector, "settings", "apiKey")
        try gateway.folder.write("ANOTHERACCOUNT", to: "apiKey")
        try await gateway.sandbox.order("none", of: "digicert.orders")
        try await gateway.sandbox.set(connector, ["disobey": ["accepts-any-credentials", "forgets-orders"]])
        let sentence = "the secrets of backend CA ca have changed since the order left"
        func held() async throws -> Int {
            let list = try await gateway.certway(["order", "list", "--output", "json"]).json
            return list.array?.filter { $0["detail"]?.string?.contains(sentence) == true }.count ?? 0
        }
        try await gateway.pass { try await held() == people }
        #expect(try await held() == people)
        #expect(try await gateway.sandbox.orders(connector).count == people, "bought again")
        // The former key is back, and the account shows what it has.
        try gateway.folder.write(former, to: "apiKey")
        try await gateway.sandbox.set(connector, ["disobey": []])
        try await gateway.retryAll()
        try await gateway.pass { try await gateway.stages() == ["active": people] }
        #expect(try await Outcome.of(gateway) == .complete(people))
    }
}
