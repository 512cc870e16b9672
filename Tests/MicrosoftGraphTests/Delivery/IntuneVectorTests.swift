// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Foundation
import JSONDocuments
import PKIX
import Testing

/// The connector's side, held to vectors that two other implementations agree on (wire/intune-pfx.md sections 5 and 8).
@Suite(.timeLimit(.minutes(5))) struct IntuneVectorTests {
    private static let vectors = (try? Fixtures.json("vectors.json")) ?? .null

    /// An entity as a third party would have uploaded it.
    private func entity(
        _ sealed: JSONValue?, scheme: JSONValue?, file: String = "user-aes256-sha256.pfx"
    ) throws -> JSONValue {
        [
            "id": Self.vectors["entityId"] ?? nil, "thumbprint": Self.vectors["thumbprint"] ?? nil,
            "intendedPurpose": "smimeEncryption", "userPrincipalName": "ada.vector@sandbox.example",
            "startDateTime": "2025-01-01T00:00:00Z", "expirationDateTime": "2027-01-01T01:00:00+01:00",
            "providerName": "Microsoft Software Key Storage Provider", "keyName": "PFXEncryptionKey",
            "paddingScheme": scheme ?? nil, "encryptedPfxPassword": sealed ?? nil,
            "encryptedPfxBlob": .string(Data(try Fixtures.bytes(file)).base64EncodedString()),
        ]
    }

    private func verifier(_ bits: Int = 2048, keyName: String = "PFXEncryptionKey") throws -> PFXImportVerifier {
        PFXImportVerifier(privateKey: try Fixtures.connectorKey(bits), keyName: keyName)
    }

    @Test(
        "opens every supported ciphertext of the file's password",
        arguments: ["user-aes256-sha256.pfx", "user-3des-sha1.pfx"])
    func opens(_ file: String) throws {
        let password = Self.vectors["passwordOfPfxFiles"]
        var count = 0
        for vector in Self.vectors["positive"]?.array ?? []
        where vector["passwordText"] == password && vector["policy"] == nil {
            let entity = try entity(vector["encryptedPfxPassword"], scheme: vector["paddingScheme"], file: file)
            let opened = try verifier(vector["keyBits"]?.int ?? 0).open(
                entity, addresses: ["Ada.Vector@sandbox.example"])
            #expect(opened.certificate.sha1Fingerprint == Self.vectors["thumbprint"]?.string)
            #expect(opened.chain.count == 1)
            count += 1
        }
        #expect(count >= 3)
    }

    @Test func refusesWhatAConnectorCannotOpen() throws {
        for vector in Self.vectors["negative"]?.array ?? [] {
            let entity = try entity(vector["encryptedPfxPassword"], scheme: vector["paddingScheme"])
            #expect(throws: PFXImportError.self, "\(vector["id"]?.string ?? "")") {
                try verifier(vector["keyBits"]?.int ?? 2048).open(entity)
            }
        }
    }

    @Test func saysWhatIsWrong() throws {
        let good = try #require(
            Self.vectors["positive"]?.array?.first {
                $0["passwordText"] == Self.vectors["passwordOfPfxFiles"] && $0["keyBits"] == 2048 && $0["policy"] == nil
            })
        let base = try entity(good["encryptedPfxPassword"], scheme: good["paddingScheme"])
        func problem(_ key: String, _ value: JSONValue, addresses: [String]? = nil) throws -> String {
            var changed = base
            changed[key] = value
            return try #require(
                #expect(throws: PFXImportError.self) { try verifier().open(changed, addresses: addresses) }
            ).message
        }
        #expect(
            try problem("keyName", "Other")
                == "the connector has no key Other in Microsoft Software Key Storage Provider, only "
                + "PFXEncryptionKey in Microsoft Software Key Storage Provider"
        )
        #expect(try problem("thumbprint", "00").contains("the thumbprint is 00"))
        #expect(try problem("startDateTime", "2025-01-01T00:00:01Z").contains("validity"))
        #expect(try problem("encryptedPfxBlob", "AA==").contains("does not open with its password"))
        #expect(try problem("paddingScheme", "pkcs1").contains("no longer supported"))
        #expect(try problem("encryptedPfxPassword", "!").contains("not base64"))
        #expect(try problem("id", "x", addresses: ["eve@sandbox.example"]).contains("no mail address"))
    }
}
