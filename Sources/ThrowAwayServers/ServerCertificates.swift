// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// A CA of its own and the server's certificate, as files.
struct ServerCertificates: Sendable {
    let authority: String
    let certificate: String
    let key: String

    /// - Parameter folder: where they are put.
    init(in folder: String) throws {
        let start = Date(timeIntervalSinceNow: -86_400)
        let rootKey = try PrivateKey.generate(.p256)
        let root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Throw-away database root")], publicKey: try rootKey.publicKey,
            notBefore: start, notAfter: start.addingTimeInterval(30 * 86_400)
        ).selfSigned(key: rootKey)
        let serverKey = try PrivateKey.generate(.p256)
        let server = try CertificateBuilder(
            profile: .tlsServer, subject: [("CN", "localhost")], publicKey: try serverKey.publicKey,
            alternativeNames: [.dNSName("localhost"), .iPAddress([127, 0, 0, 1])], notBefore: start,
            notAfter: start.addingTimeInterval(30 * 86_400)
        ).signed(by: root, key: rootKey)
        (authority, certificate, key) = ("\(folder)/ca.pem", "\(folder)/server.pem", "\(folder)/server.key")
        for (path, text) in [(authority, root.pem), (certificate, server.pem), (key, try serverKey.pem().revealed)] {
            // Servers refuse a key that others may read.
            let isMade = FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
            guard isMade else { throw ThrowAwayServerError("cannot write \(path)") }
        }
    }
}
