// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A request for a certificate inside a CMC message (RFC 5272 §3.2.1.2).
public enum CMCTaggedRequest: Sendable, Hashable {
    /// tcr: a PKCS #10 request.
    case certificationRequest(bodyPartID: UInt32, CertificateSigningRequest)
    /// crm: the DER of the parts of a CRMF message (RFC 4211), kept as they are.
    case certificateRequestMessage([[UInt8]])
    /// orm: another form, with its dotted object identifier and the DER of its value.
    case other(bodyPartID: UInt32, type: String, value: [UInt8])

    /// nil for CRMF, whose id lies inside.
    public var bodyPartID: UInt32? {
        switch self {
        case .certificationRequest(let id, _), .other(let id, _, _): id
        case .certificateRequestMessage: nil
        }
    }
}
