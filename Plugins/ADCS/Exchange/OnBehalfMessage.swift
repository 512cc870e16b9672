// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import PKIX

/// A request that an enrollment agent signs on behalf of an account (wire/adcs-http §8).
struct OnBehalfMessage: Sendable {
    let agent: ClientCredential
    let form: ADCSProfile.OnBehalfForm

    /// - Parameter requesterName: `DOMAIN\name`.
    /// - Returns: CMS SignedData, DER.
    func make(_ csr: CertificateSigningRequest, requesterName: String) throws -> [UInt8] {
        switch form {
        case .pkcs7:
            let pair = try EnrollmentNameValuePair.der(name: "RequesterName", value: requesterName)
            return try SignedMessage.sign(
                csr.der, contentType: SignedMessage.dataType, certificate: agent.certificate, key: agent.key,
                signedAttributes: [(EnrollmentNameValuePair.type, pair)])
        case .cmc:
            // MS-WCCE §3.2.2.6.2.1.2.1.1: pairs, each ended by an ampersand.
            let information = "RequesterName=\(PercentEncoding.encode(requesterName))&"
            let data = PKIData(
                controls: [CMCControl(2, .regInfo(Array(information.utf8)))],
                requests: [.certificationRequest(bodyPartID: 1, csr)])
            return try SignedMessage.sign(
                data.der, contentType: PKIData.contentType, certificate: agent.certificate, key: agent.key)
        }
    }
}
