// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Secrets

/// The application that the sandbox tenant knows: its id, its secret and its certificate.
struct ClientRegistration: Sendable {
    let clientID: String
    /// Ends in characters that break when somebody forgets to encode the form.
    let secret: String
    let certificate: Certificate
    let privateKeyPEM: String

    static func make(clientID: String, now: Date) throws -> ClientRegistration {
        let key = try PrivateKey.generate(.rsa2048)
        let builder = CertificateBuilder(
            profile: .clientAuthentication, subject: [("CN", "Certway sandbox client")], publicKey: try key.publicKey,
            notBefore: now.addingTimeInterval(-3600), notAfter: now.addingTimeInterval(730 * 86_400))
        return ClientRegistration(
            clientID: clientID, secret: SecureRandom.password(length: 34).revealed + "~+/%",
            certificate: try builder.selfSigned(key: key), privateKeyPEM: try key.pem().revealed)
    }
}
