// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Foundation
import Gateway
import HTTPTransport
import JSONDocuments
import Ledger
import Planning
import Store

/// What `LifeFigures` does to a gateway between its measurements.
enum LifeCommands {
    private static let homeOption = Option.value("home", "DIR", "the gateway's folder")

    private static func home(_ invocation: Invocation) -> GatewayHome { GatewayHome(option: invocation.value("home")) }

    /// Gives everybody whom the last plan orders for a certificate that ends in 65 days, as a CA that answers at once would.
    static let certify = Command(
        "certify", "order for everybody in the plan, and put a certificate for each into the ledger",
        options: [homeOption]
    ) { invocation in
        let store = try await GatewayStore.open(home(invocation))
        var made = 0
        for template in try await store.configuration().templates {
            made += try await store.planner.order(template, limit: .max)
        }
        var done = 0
        while true {
            let claims = try await store.ledger.claim(limit: 256, owner: "benchmark", leaseFor: .seconds(600))
            guard !claims.isEmpty else { break }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for claim in claims { group.addTask { try await issue(claim, store.ledger) } }
                try await group.waitForAll()
            }
            done += claims.count
        }
        guard done == made else { throw BenchmarkError("\(done) orders were carried, expected \(made)") }
        Terminal.print(json: (["certificates": JSONValue(done)] as JSONValue).text)
        return .done
    }

    private static func issue(_ claim: Claim, _ ledger: OrderLedger) async throws {
        let filler = Array(repeating: UInt8(7), count: 1400)
        let (number, now) = ("\(claim.orderID)", ledger.clock.now())
        let certificate = NewCertificate(
            der: Array(number.utf8) + filler, chain: [filler], serialNumber: number, issuer: "CN=Issuing CA",
            subject: "CN=\(number)", sha1Fingerprint: number, sha256Fingerprint: number,
            notBefore: now - 300 * 86_400, notAfter: now + 65 * 86_400,
            emailAddresses: RequestedNames(json: claim.order.names).emails)
        var order = claim.order
        for change in [
            OrderChange("keyed", "a key was made").stage(.keyed).sealedKey(filler, publicKey: filler, csr: filler),
            OrderChange("submitting", "about to leave").stage(.submitted).submission(at: now),
            OrderChange("issued", "issued").stage(.issued).certificate(certificate),
            OrderChange("active", "active").stage(.active).eraseSealedKey(),
        ] {
            order = try await ledger.record(claim, change, from: order.stage, knowing: order)
        }
    }

    /// Marries people of the sandbox.
    static let change = Command(
        "change", "give people of the sandbox's tenant another name",
        options: [
            homeOption, .value("control", "URL", "the sandbox's control address"),
            .value("people", "N", "how many", default: "1"),
        ]
    ) { invocation in
        let store = try await GatewayStore.open(home(invocation))
        let count = try invocation.int("people", in: 1...1_000_000) ?? 1
        let ids = try await store.database.read { connection in
            try connection.query(
                "SELECT user_id FROM enrollment_members WHERE present = 1 ORDER BY user_id "
                    + connection.dialect.page(count, 0)
            ) { try $0[0] as String }
        }
        guard ids.count == count else { throw BenchmarkError("there are \(ids.count) people, expected \(count)") }
        let client = CurlHTTPClient()
        for (number, id) in ids.enumerated() {
            let body: JSONValue = [
                "action": "change", "person": .string(id), "properties": ["displayName": .string("Married \(number)")],
            ]
            let answer = try await client.send(
                HTTPRequest(
                    method: "POST", url: (invocation.value("control") ?? "") + "/control/people",
                    headers: [("Content-Type", "application/json")], body: Array(body.text.utf8)))
            guard answer.isSuccess else { throw BenchmarkError("the sandbox answers \(answer.status)") }
        }
        Terminal.print(json: (["changed": JSONValue(count)] as JSONValue).text)
        return .done
    }

    /// What the console asks for first.
    static let firstPage = Command(
        "first-page", "read the first page of the plan as it was made last", options: [homeOption]
    ) { invocation in
        let gateway = try await Gateway.open(
            home(invocation), profiles: Profiles(),
            logger: StandardLogger(threshold: .error, write: Terminal.complain))
        let overview = try await PlanAdministration(gateway, caller: .commandLine("benchmark")).last(limit: 50)
        Terminal.print(json: (["templates": JSONValue(overview.templates.count)] as JSONValue).text)
        return .done
    }
}
