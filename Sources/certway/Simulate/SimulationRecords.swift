// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import JSONDocuments
import PKIX

/// What the sandbox knows at the end: orders of the CAs, records in Intune, the directory, and the lists the CAs publish. Nothing
/// in it was told by the gateway.
struct SimulationRecords {
    let json: JSONValue

    /// - Parameters:
    ///   - gateway: whose connector's key is the one of today.
    ///   - handOuts: what people got who asked for keys.
    ///   - scenario: its policy and prices are written down beside what the judge reads.
    static func collect(
        _ sandbox: SandboxService, _ world: SimulatedWorld, _ gateway: SimulatedGateway,
        _ handOuts: SimulatedHandOuts, _ scenario: Scenario, http: any HTTPClient
    ) async throws -> SimulationRecords {
        let pfx = try await sandbox.control("/control/pfx")
        var authorities: [String: JSONValue] = [:]
        for name in scenario.authorities {
            let ca = try await sandbox.control("/control/cas/\(name)")
            let orders = ca["orders"]?.array ?? []
            var lists: [String: JSONValue] = [:]
            for url in try distributionPoints(orders) where lists[url] == nil {
                let answer = try await http.send(HTTPRequest(method: "GET", url: url))
                lists[url] = .string(try CertificateRevocationList(der: Array(answer.body)).pem)
            }
            authorities[name] = [
                "orders": .array(orders), "publishesReasons": ca["publishesReasons"] ?? true,
                "revocationLists": .object(lists),
                "price": scenario.prices[name].map { .number($0) } ?? .null,
            ]
        }
        return SimulationRecords(
            json: [
                "now": try await sandbox.control("/control/clock")["now"] ?? .null,
                "start": .string(scenario.start.formatted(.iso8601)), "seed": JSONValue(scenario.seed),
                "directory": try await sandbox.control("/control/people")["people"] ?? [],
                "people": world.json, "mailboxes": world.mailboxJSON, "periods": .array(world.periods),
                "addressList": try await world.wholeAddressList(),
                "handOuts": handOuts.json, "mails": try await sandbox.control("/control/mails")["mails"] ?? [],
                "connector": [
                    "privateKeyPEM": .string(gateway.connectorKey),
                    "providerName": gateway.tenant?["intune"]?["providerName"] ?? nil,
                    "keyName": gateway.tenant?["intune"]?["keyName"] ?? nil,
                ], "happened": .array(world.log),
                "policies": .array(scenario.templates.map { SimulationPolicy($0).json }),
                "pfx": pfx["pfx"] ?? [], "deletedPFX": pfx["deleted"] ?? [], "cas": .object(authorities),
            ])
    }

    private static func distributionPoints(_ orders: [JSONValue]) throws -> [String] {
        var found: [String] = []
        for pem in orders.flatMap({ $0["certificates"]?.array ?? [] }).compactMap({ $0["pem"]?.string }) {
            for url in try Certificate(pem: pem).crlDistributionPoints where !found.contains(url) { found.append(url) }
        }
        return found
    }
}
