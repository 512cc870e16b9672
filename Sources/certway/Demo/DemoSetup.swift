// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import PKIX
import Settings
import YAMLDocuments

/// The configuration of a demo gateway for a running sandbox, written as an administrator would write it.
struct DemoSetup {
    let backend: SandboxBackend
    let keyType: KeyType
    let product: String
    let people: Int

    var folder: DemoFolder { backend.folder }
    var connector: String { backend.profile.name }
    var purpose: CertificatePurpose { backend.purpose(of: product) }
    var kraCertificate: String { folder.path("kra.pem") }
    var kraKey: String { folder.path("kra.key") }

    /// Writes keys, secrets and configuration files into the folder.
    ///
    /// - Parameter sandbox: what the sandbox printed when it was ready.
    /// - Returns: path of the configuration file, under which nobody is enrolled yet, and of the one that begins.
    func write(for sandbox: JSONValue) throws -> (preparing: String, beginning: String) {
        let key = try PrivateKey.generate(.rsa2048)
        let certificate = try CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", "Demo Key Recovery Agent")], publicKey: key.publicKey,
            notBefore: Date() - 3600, notAfter: Date() + 365 * 86_400
        ).selfSigned(key: key)
        try folder.write(certificate.pem, to: "kra.pem")
        try key.pem().withBytes { try CompleteFile(path: kraKey).replace($0) }
        return (
            try write(for: sandbox, isEnabled: false, to: "certway-prepared.yaml"),
            try write(for: sandbox, isEnabled: true, to: "certway.yaml")
        )
    }

    private func write(for sandbox: JSONValue, isEnabled: Bool, to name: String) throws -> String {
        let tenant = sandbox["tenant"]
        let configuration: JSONValue = [
            "tenant": [
                "id": tenant?["id"] ?? nil, "clientID": tenant?["clientID"] ?? nil,
                "clientSecret": .string(
                    "file:" + (try folder.write(tenant?["clientSecret"]?.string ?? "", to: "client-secret"))),
                "login": tenant?["login"] ?? nil, "graph": tenant?["graph"] ?? nil,
            ],
            "intune": [
                "publicKey": .string(
                    try folder.write(tenant?["intune"]?["publicKeyPEM"]?.string ?? "", to: "intune-connector.pem")),
                "providerName": tenant?["intune"]?["providerName"] ?? nil,
                "keyName": tenant?["intune"]?["keyName"] ?? nil,
            ],
            "keyRecoveryAgents": [["name": "demo-agent", "certificate": .string(kraCertificate)]],
            "backendCAs": [try backend.configuration()],
            "templates": [
                [
                    "name": "smime", "enabled": .bool(isEnabled), "group": tenant?["groups"]?["smime"] ?? nil,
                    "backendCA": .string(connector),
                    "product": .string(product), "key": .string(keyType.rawValue),
                    "purpose": .string(purpose.rawValue),
                    "keyRecoveryAgents": purpose.isArchivable ? ["demo-agent"] : [], "delivery": "intune",
                    // Several sandbox CAs sell multipurpose certificates, in the name of their customer's organization.
                    "accept": [
                        "extendedKeyUsages": ["clientAuth"], "subject": ["organization": ["Sandbox GmbH"]],
                    ],
                ]
            ],
            "limits": ["ordersPerRun": JSONValue(max(people, 1))],
        ]
        return try folder.write(
            YAMLText.emit(configuration, keyOrder: ["name"] + ConfigurationReader.sections), to: name)
    }
}
