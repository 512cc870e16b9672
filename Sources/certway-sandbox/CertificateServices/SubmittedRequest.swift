// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// What the field `CertRequest` holds: a PKCS #10, or one that an enrollment agent signed (wire/adcs-http.md section 8).
struct SubmittedRequest: Sendable {
    /// The signed wrapper of an enrollment on behalf of somebody else.
    struct AgentSignature: Sendable {
        let message: SignedMessage
        /// `DOMAIN\user`; nil when the message names nobody.
        let requesterName: String?
    }

    let csr: CertificateSigningRequest
    let agent: AgentSignature?

    /// - Returns: nil when it cannot be read, which the server calls a parse error.
    init?(_ text: String) {
        guard let der = Self.decode(text) else { return nil }
        if let csr = try? CertificateSigningRequest(der: der) {
            self.csr = csr
            agent = nil
        } else if let message = try? SignedMessage(der), let (csr, name) = Self.unwrap(message) {
            self.csr = csr
            agent = AgentSignature(message: message, requesterName: name)
        } else {
            return nil
        }
        guard (try? csr.verifySignature()) != nil else { return nil }
    }

    /// PEM or bare base64. A blank inside is refused: that is what becomes of a `+` nobody encoded.
    private static func decode(_ text: String) -> [UInt8]? {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }
        return Data(base64Encoded: lines.joined()).map(Array.init)
    }

    private static func unwrap(_ message: SignedMessage) -> (CertificateSigningRequest, String?)? {
        guard let content = message.content else { return nil }
        switch message.contentType {
        case SignedMessage.dataType:
            guard let csr = try? CertificateSigningRequest(der: content) else { return nil }
            let values = message.signers.first?.signedAttributes[nameValuePair] ?? []
            return (csr, values.lazy.compactMap { requesterName(inPair: $0) }.first)
        case PKIData.contentType:
            guard let data = try? PKIData(content), data.requests.count == 1,
                case .certificationRequest(_, let csr) = data.requests[0]
            else { return nil }
            let infos = data.controls.compactMap { control -> [UInt8]? in
                if case .regInfo(let info) = control.value { info } else { nil }
            }
            return (csr, infos.lazy.compactMap { requesterName(inRegistrationInfo: $0) }.first)
        default: return nil
        }
    }

    /// The attribute's value: one pair, or a sequence of pairs; deployed tools write one, the specification says several.
    private static func requesterName(inPair der: [UInt8]) -> String? {
        guard let outer = DERElement.sequence(der)?.first?.children else { return nil }
        let pairs = outer.first?.bmpString == nil ? outer.compactMap(\.children) : [outer]
        return pairs.first { $0.count == 2 && $0[0].bmpString == "RequesterName" }?[1].bmpString
    }

    /// `RequesterName=DOMAIN%5Cuser&`: pairs that each end with `&`.
    static func requesterName(inRegistrationInfo bytes: [UInt8]) -> String? {
        for pair in String(decoding: bytes, as: UTF8.self).split(separator: "&") where pair.hasPrefix("RequesterName=")
        {
            return String(pair.drop { $0 != "=" }.dropFirst()).removingPercentEncoding
        }
        return nil
    }

    /// Enrolment name/value pair, a signed attribute.
    private static let nameValuePair = "1.3.6.1.4.1.311.13.2.1"
}
