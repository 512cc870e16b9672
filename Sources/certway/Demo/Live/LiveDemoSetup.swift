// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import PKIX
import Secrets
import Settings
import YAMLDocuments

/// The configuration of a live demo's gateway, as its administrators would have written it over time.
struct LiveDemoSetup {
    /// Names of the backend CAs.
    enum CA { static let (publicCA, oldCA, insideCA) = ("public-ca", "old-ca", "inside-ca") }

    /// Where others find certificates.
    private static let addressList = "address-list"

    /// What the templates' groups are called in the directory.
    struct Groups {
        let signIn: String
        let contractors: String
        let board: String
    }

    let folder: DemoFolder
    let tenant: JSONValue?
    let authorities: LiveDemoAuthorities
    let groups: Groups
    /// Where the console is to answer.
    let port: Int

    /// Makes keys and writes what the configuration names.
    func prepare(from start: Date) throws {
        for agent in ["security-office", "works-council"] {
            let key = try PrivateKey.generate(.rsa2048)
            let certificate = try CertificateBuilder(
                profile: .smimeEncryption, subject: [("CN", "Key Recovery Agent \(agent)")], publicKey: key.publicKey,
                notBefore: start, notAfter: start + 5 * 365 * 86_400
            ).selfSigned(key: key)
            try folder.write(certificate.pem, to: "\(agent).pem")
            try key.pem().withBytes { try CompleteFile(path: folder.path("\(agent).key")).replace($0) }
        }
        try folder.write(tenant?["clientSecret"]?.string ?? "", to: "client-secret")
        try folder.write(SecureRandom.password(length: 32).revealed, to: "webhook-secret")
        try folder.write(tenant?["intune"]?["publicKeyPEM"]?.string ?? "", to: "intune-connector.pem")
    }

    /// - Parameters:
    ///   - isComplete: with the templates that came later, and with the limits that hold at present.
    func configuration(isComplete: Bool, limits: JSONValue) throws -> String {
        let agents = ["security-office", "works-council"]
        let sandbox = folder.sections(of: tenant)
        var configuration: JSONValue = [
            "tenant": sandbox.tenant, "intune": sandbox.intune,
            "keyRecoveryAgents": .array(
                agents.map { name in
                    var agent: JSONValue = [
                        "name": .string(name), "certificate": .string(folder.path("\(name).pem")),
                    ]
                    // One whose key the gateway may use, so that the archive can be opened in the console.
                    if name == agents[0] { agent["key"] = .string("file:" + folder.path("\(name).key")) }
                    return agent
                }),
            "backendCAs": .array(try authorities.configurations()),
            "templates": .array(templates(isComplete: isComplete)), "limits": limits, "console": console,
            "handOver": ["lifetime": "5d", "keepKeyFor": "30d"],
        ]
        if isComplete {
            configuration["notifications"] = notifications
            configuration["directories"] = [["name": .string(Self.addressList), "kind": "exchange"]]
        }
        return YAMLText.emit(configuration, keyOrder: ["name"] + ConfigurationReader.sections)
    }

    /// A program is told that does not listen: what waits for it is to be seen.
    private var notifications: JSONValue {
        [
            "from": .string(LiveDemoWorld.sender), "fromName": "IT of Sandbox GmbH",
            "administrators": ["grace.admin@sandbox.example"], "perMinute": 1800,
            "events": [
                [
                    "event": "waiting",
                    "en": [
                        "subject": "Please confirm {{addresses}}",
                        "text":
                            "Dear {{person}},\n\n{{backendCA}} has sent you a mail. Please click the link in it; your certificate comes then by itself.\n",
                    ],
                ]
            ],
            "webhooks": [
                [
                    "name": "tickets", "url": "http://127.0.0.1:9/certway",
                    "secret": .string("file:" + folder.path("webhook-secret")), "events": ["failed", "incident"],
                ]
            ],
        ]
    }

    /// Roles by the app roles of the sandbox tenant, each of which one of its people has.
    private var console: JSONValue {
        var roles: [String: JSONValue] = [:]
        for value in tenant?["signIn"]?["appRoles"]?.array?.compactMap(\.string) ?? [] {
            let name = value.split(separator: ".").last.map(String.init) ?? value
            roles[name.prefix(1).lowercased() + name.dropFirst()] = [.string(value)]
        }
        return [
            "listen": .string("127.0.0.1:\(port)"), "publicURL": .string("http://127.0.0.1:\(port)"), "signIn": [:],
            "roles": .object(roles),
        ]
    }

    private func templates(isComplete: Bool) -> [JSONValue] {
        let mail: JSONValue = [
            "key": "p256", "addressDomains": ["sandbox.example", "alias.sandbox.example"],
            "keyRecoveryAgents": ["security-office", "works-council"],
            "accept": ["extendedKeyUsages": ["clientAuth"], "subject": ["organization": ["Sandbox GmbH"]]],
            "renewal": ["before": "30d", "spread": "14d", "superseded": "keep"],
        ]
        var list = [
            template("smime", CA.oldCA, mail, ["group": tenant?["groups"]?["smime"] ?? nil, "price": "14.50 EUR"])
        ]
        guard isComplete else { return list }
        list[0] = template(
            "smime", CA.publicCA, mail,
            ["group": tenant?["groups"]?["smime"] ?? nil, "price": "18.00 EUR"])
        list.append(
            template(
                "contractors", CA.publicCA, mail,
                [
                    "group": .string(groups.contractors), "price": "18.00 EUR",
                    "onDeparture": ["after": "3d", "certificate": "revoke"], "publish": [.string(Self.addressList)],
                ]))
        list.append(
            template(
                "mailboxes", CA.publicCA, mail,
                ["for": "mailboxes", "price": "18.00 EUR", "keyHistory": "730d"]))
        list.append(
            template("board", CA.oldCA, mail, ["group": .string(groups.board), "price": "14.50 EUR"]))
        if let product = authorities.logonProduct {
            list.append([
                "name": "logon", "group": .string(groups.signIn), "backendCA": .string(CA.insideCA),
                "product": .string(product), "purpose": "clientAuthentication", "key": "rsa2048",
                "onDeparture": ["after": "7d", "certificate": "retire"],
                "validityDays": JSONValue(authorities.validityDays(at: CA.insideCA)),
                // What its template puts in beside logon.
                "accept": ["extendedKeyUsages": ["emailProtection", "smartCardLogon"]],
            ])
        }
        return list
    }

    private func template(
        _ name: String, _ ca: String, _ usual: JSONValue, _ own: [String: JSONValue]
    ) -> JSONValue {
        var template = (usual.object ?? [:]).merging(own) { $1 }
        template["name"] = .string(name)
        template["backendCA"] = .string(ca)
        template["validityDays"] = JSONValue(authorities.validityDays(at: ca))
        template["product"] = .string(authorities.product(at: ca))
        return .object(template)
    }
}
