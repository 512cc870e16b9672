// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import PKIX

/// The section `cmc` of a profile.
struct CMCProfile: Sendable {
    /// Below the endpoint.
    let path: String
    let query: JQProgram?
    let contentType: String
    let timeout: Duration
    let operatorCertificate: String
    let operatorPassword: String?
    /// Whether the operator certificate is also presented as TLS client.
    let isTLSClient: Bool
    let signer: SignedMessage.SignerIdentification
    let digest: DigestAlgorithm
    let identification: Template?
    let regInfo: Template?
    let responder: Responder
    /// Whether an answer must carry our nonce.
    let isNonceRequired: Bool
    let allowsSimpleResponse: Bool
    let poll: Polling
    /// Whether the CA recognises a request that it gets again, by its transactionId.
    let isDuplicateSafe: Bool
    let sendsCheck: Bool

    /// Who may sign answers; the values are names of settings.
    struct Responder: Sendable {
        let certificates: String?
        let trustAnchors: String?
        let purpose: KeyPurpose?
    }

    struct Polling: Sendable {
        let minimum: Duration
        let maximum: Duration
        let giveUpAfter: Duration
    }
}
