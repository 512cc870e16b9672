// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Secrets

/// The Intune vectors, which the tests of PKIX keep: made with one implementation and checked with another.
enum Fixtures {
    static func bytes(_ name: String) throws -> [UInt8] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return Array(try Data(contentsOf: tests.appending(path: "PKIXTests/Fixtures/intune/\(name)")))
    }

    static func json(_ name: String) throws -> JSONValue { try JSONValue(parsing: bytes(name)) }

    static func connectorKey(_ bits: Int = 2048) throws -> PrivateKey {
        try PrivateKey(pem: Secret(bytes("connector-rsa\(bits)-private.pem")))
    }

    static func connectorPublicKey(_ bits: Int = 2048) throws -> PublicKey {
        try RSAPublicBlob.publicKey(bytes("connector-rsa\(bits)-public.rsapublicblob"))
    }

    /// Key, certificate and CA of the vectors' user.
    static func user() throws -> PKCS12Bundle {
        let password = try json("vectors.json")["passwordOfPfxFiles"]?.string ?? ""
        return try PKCS12Bundle.open(bytes("user-aes256-sha256.pfx"), password: Secret(password))
    }
}
