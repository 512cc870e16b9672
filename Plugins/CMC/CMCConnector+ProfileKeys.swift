// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import PKIX

extension CMCConnector: ProfileDescribing {
    public static let profileKeys: [ProfileKey] = [
        ProfileKey(
            "settings", "mapping",
            "What the administrator gives for a backend CA: at least the operator's certificate and who signs answers.",
            example: """

                  operatorCertificate: {type: secret, title: Operator certificate with its key, help: PEM or PKCS 12}
                  operatorPassword: {type: secret, title: Password of the operator certificate, required: false}
                  responderCertificate: {type: text, title: Certificate that signs the CA's answers, help: PEM}
                """),
        ProfileKey(
            "cmc", "mapping", isRequired: true, "How the CA speaks CMC (RFC 5272).",
            example: """

                  path: /cmc
                  operator: {certificate: operatorCertificate, password: operatorPassword}
                  responder: {certificates: responderCertificate}
                """),
        ProfileKey("cmc.path", "text", "Path below the endpoint to which every message is posted."),
        ProfileKey(
            "cmc.query", "jq",
            "Object of query values; null is left out. The program sees `.operation` (enroll, poll, confirm, revoke, check), "
                + "`.settings`, and where they apply `.request`, `.order` and `.revocation`."),
        ProfileKey(
            "cmc.contentType", "text",
            "Content-Type of requests; `application/pkcs7-mime; smime-type=CMC-request` when left out. That of answers is not "
                + "looked at."),
        ProfileKey("cmc.timeout", "duration", "Bound for one exchange; 60s when left out."),
        ProfileKey("cmc.operator", "mapping", isRequired: true, "The registration authority that signs every message."),
        ProfileKey(
            "cmc.operator.certificate", "text", isRequired: true,
            "Secret setting with its certificate, chain and private key: PEM, or PKCS #12."),
        ProfileKey("cmc.operator.password", "text", "Secret setting with the password of that file."),
        ProfileKey(
            "cmc.tlsClientCertificate", "true or false",
            "Whether the operator certificate is presented in the TLS handshake, too; false when left out."),
        ProfileKey(
            "cmc.signer", "word",
            "How messages name the operator certificate; the first when left out.",
            words: SignedMessage.SignerIdentification.allCases.map(\.rawValue)),
        ProfileKey(
            "cmc.digest", "word",
            "Hash of our signatures; sha256 when left out.", words: CMCProfileReader.digests),
        ProfileKey("cmc.identification", "text with holes", "Value of the control identification in an enrollment."),
        ProfileKey("cmc.regInfo", "text with holes", "Value of the control regInfo in an enrollment."),
        ProfileKey("cmc.responder", "mapping", isRequired: true, "Who may sign answers; one of the two is needed."),
        ProfileKey(
            "cmc.responder.certificates", "text", "Text setting with the accepted certificates themselves, in PEM."),
        ProfileKey("cmc.responder.trustAnchors", "text", "Text setting with the CAs of accepted certificates, in PEM."),
        ProfileKey(
            "cmc.responder.purpose", "object identifier",
            "Extended key usage a certificate under the trust anchors must have, such as \(KeyPurpose.cmcCA) (cmcCA)."),
        ProfileKey(
            "cmc.nonce", "word",
            "strict (when left out): an answer must carry our nonce; lenient: it may carry none. A wrong one is always refused.",
            words: ["strict", "lenient"]),
        ProfileKey(
            "cmc.simpleResponse", "true or false",
            "Whether bare certificates count as an answer to an order, protected by TLS alone; false when left out."),
        ProfileKey("cmc.poll", "mapping", "Bounds for asking again about pending orders."),
        ProfileKey("cmc.poll.minimum", "duration", "Not sooner; 1m when left out."),
        ProfileKey("cmc.poll.maximum", "duration", "Not later; 1d when left out."),
        ProfileKey("cmc.poll.giveUpAfter", "duration", "Longest an order may be pending; 14d when left out."),
        ProfileKey(
            "cmc.duplicateSafe", "true or false",
            "Whether the CA recognises a request by its transactionId and answers it again with the same certificate; only "
                + "then a lost answer is asked for by sending the request again. false when left out."),
        ProfileKey(
            "cmc.check", "word",
            "How the connection is checked: message (when left out) sends a signed message that asks for nothing; none only "
                + "looks at the operator certificate.", words: ["message", "none"]),
    ]
}
