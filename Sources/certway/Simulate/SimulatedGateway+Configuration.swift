// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX
import Settings
import YAMLDocuments

extension SimulatedGateway {
    /// The template of shared mailboxes, where the scenario has some.
    static let mailboxTemplate = "mailboxes"
    private static let addressList = "address-list"

    /// Writes the configuration as it is to be and applies it, as an administrator would.
    func configure() async throws {
        var templates = scenario.templates.map { template($0) }
        if scenario.mailboxes > 0, let model = scenario.mailboxModel {
            templates.append(
                template(model.merging(["name": .string(Self.mailboxTemplate), "for": "mailboxes"]) { $1 }))
        }
        let sandbox = folder.sections(of: tenant)
        let configuration: JSONValue = [
            "tenant": sandbox.tenant, "intune": sandbox.intune,
            "keyRecoveryAgents": .array(
                agents.map {
                    [
                        "name": .string($0), "certificate": .string(agentCertificate($0)),
                        "key": .string("file:\(agentKey($0))"),
                    ]
                }),
            "recovery": ["approvals": 2, "lapsesAfter": .string("\(SimulatedHandOuts.lifetimeDays)d")],
            "handOver": ["lifetime": .string("\(SimulatedHandOuts.lifetimeDays)d")],
            "directories": [["name": .string(Self.addressList), "kind": "exchange"]],
            "notifications": [
                "from": .string(SimulatedWorld.sender), "administrators": [.string(SimulatedWorld.administrator)],
                "perMinute": 1800,
            ],
            "backendCAs": .array(backends.map { limited($0.configuration) }), "templates": .array(templates),
            "limits": .object(
                ["ordersPerRun": JSONValue(scenario.people * 2 + scenario.mailboxes * 2)].merging(scenario.limits) {
                    $1
                }),
        ]
        let file = try folder.write(
            YAMLText.emit(configuration, keyOrder: ["name"] + ConfigurationReader.sections), to: "certway.yaml")
        let applied = try await certway(["apply", "-f", file])
        guard applied.status == 0 else {
            throw SettingsError("the simulated gateway does not take its configuration: \(applied.errors)")
        }
    }

    private func limited(_ backendCA: JSONValue) -> JSONValue {
        guard let limit = scenario.requestLimit, var members = backendCA.object else { return backendCA }
        members["limits"] = [["requests": JSONValue(limit.requests), "per": .string("\(limit.seconds)s")]]
        return .object(members)
    }

    private func template(_ given: [String: JSONValue]) -> JSONValue {
        let backend = backends.first { $0.name == current }?.backend
        let purpose = given["purpose"]?.string.flatMap(CertificatePurpose.init) ?? .smime
        var template: [String: JSONValue] = [
            "key": .string(KeyType.p256.rawValue), "delivery": "intune",
            // Several sandbox CAs sell multipurpose certificates, in the name of their customer's organization.
            "accept": ["extendedKeyUsages": ["clientAuth"], "subject": ["organization": ["Sandbox GmbH"]]],
        ]
        if purpose.isArchivable {
            template["keyRecoveryAgents"] = .array(agents.suffix(1).map { .string($0) })
            template["publish"] = [.string(Self.addressList)]
        }
        if let days = backend?.validityDays { template["validityDays"] = JSONValue(days) }
        template.merge(Scenario.usualPolicy) { $1 }
        if purpose.isArchivable { template["keyHistory"] = .string(Scenario.usualKeyHistory) }
        if let price = scenario.prices[current] {
            template["price"] = .string(String(format: "%.2f \(Scenario.currency)", price))
        }
        template.merge(given) { $1 }
        template["products"] = nil
        if given["for"] == nil { template["group"] = tenant?["groups"]?["smime"] ?? nil }
        template["backendCA"] = .string(current)
        template["product"] = backend.map { .string(product(of: given, $0)) } ?? nil
        return .object(template)
    }
}
