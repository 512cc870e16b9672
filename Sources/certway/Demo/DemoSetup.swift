// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Secrets
import Settings
import YAMLDocuments

/// The configuration of a demo gateway for a running sandbox, written as an administrator would write it.
struct DemoSetup {
    let folder: String
    let connector: String
    let keyType: KeyType
    let product: String?
    let people: Int
    /// Settings of the connector that are secrets, and so are configured as references.
    let secretSettings: [String]

    var kraCertificate: String { "\(folder)/kra.pem" }
    var kraKey: String { "\(folder)/kra.key" }
    private var roots: String { "\(folder)/roots.pem" }

    /// Writes keys, secrets and configuration files into the folder.
    ///
    /// - Returns: path of the configuration file.
    func write(for sandbox: JSONValue) throws -> String {
        let key = try PrivateKey.generate(.rsa2048)
        let certificate = try CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", "Demo Key Recovery Agent")], publicKey: key.publicKey,
            notBefore: Date() - 3600, notAfter: Date() + 365 * 86_400
        ).selfSigned(key: key)
        try file("kra.pem", certificate.pem)
        try key.pem().withBytes { try PrivateFile(path: kraKey).write($0) }
        let tenant = sandbox["tenant"]
        try file("client-secret", tenant?["clientSecret"]?.string ?? "")
        try file("intune-connector.pem", tenant?["intune"]?["publicKeyPEM"]?.string ?? "")
        let configuration: JSONValue = [
            "tenant": [
                "id": tenant?["id"] ?? nil, "clientID": tenant?["clientID"] ?? nil,
                "clientSecret": .string("file:\(folder)/client-secret"), "login": tenant?["login"] ?? nil,
                "graph": tenant?["graph"] ?? nil,
            ],
            "intune": [
                "publicKey": .string("\(folder)/intune-connector.pem"),
                "providerName": tenant?["intune"]?["providerName"] ?? nil,
                "keyName": tenant?["intune"]?["keyName"] ?? nil,
            ],
            "keyRecoveryAgents": [["name": "demo-agent", "certificate": .string(kraCertificate)]],
            "backendCAs": [try backendCA(sandbox["cas"]?[connector])],
            "templates": [
                [
                    "name": "smime", "group": tenant?["groups"]?["smime"] ?? nil, "backendCA": .string(connector),
                    "product": .string(try chosenProduct(sandbox["cas"]?[connector])), "key": .string(keyType.rawValue),
                    "purpose": "smime", "keyRecoveryAgents": ["demo-agent"], "delivery": "intune",
                ]
            ],
            "limits": ["ordersPerRun": JSONValue(max(people, 1))],
        ]
        return try file("certway.yaml", YAMLText.emit(configuration, keyOrder: ["name"] + ConfigurationReader.sections))
    }

    private func backendCA(_ sandbox: JSONValue?) throws -> JSONValue {
        var backend: JSONValue = [
            "name": .string(connector), "connector": .string(connector), "acceptedRoots": .string(roots),
            // A sandbox decides in seconds what a CA may take minutes for.
            "absenceIsSureAfter": "3s", "pollEvery": "1s", "limits": [],
        ]
        guard let sandbox else {
            backend["settings"] = ["directory": .string("\(folder)/ca")]
            backend["acceptedRoots"] = .string("\(folder)/ca/root.pem")
            return backend
        }
        try file("roots.pem", sandbox["rootPEM"]?.string ?? "")
        backend["endpoint"] = sandbox["endpoint"] ?? nil
        var settings = sandbox["settings"]?.object ?? [:]
        for key in secretSettings {
            guard let secret = settings[key]?.string else { continue }
            settings[key] = .string("file:" + (try file("ca-\(key)", secret)))
        }
        backend["settings"] = .object(settings)
        return backend
    }

    private func chosenProduct(_ sandbox: JSONValue?) throws -> String {
        if let product { return product }
        return sandbox?["products"]?[0]?.string ?? "smime"
    }

    @discardableResult
    private func file(_ name: String, _ text: String) throws -> String {
        let path = "\(folder)/\(name)"
        try PrivateFile(path: path).write(Array(text.utf8))
        return path
    }
}
