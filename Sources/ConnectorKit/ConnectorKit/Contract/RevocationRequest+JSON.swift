// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
internal import PKIX

extension RevocationRequest {
    /// What jq programs of a profile see as `.revocation`, and external programs likewise.
    ///
    /// - Parameter table: the CA's words for the reasons.
    /// - Throws: `refused` for a reason that the CA does not take.
    public func json(_ table: RevocationReasonTable) throws(ConnectorError) -> JSONValue {
        let word = table.word(for: reason)
        guard word != nil || table.offered.isEmpty else {
            let offered = table.offered.map(\.name).joined(separator: ", ")
            throw ConnectorError(.refused, "the CA does not take the reason \(reason.name); it takes: \(offered)")
        }
        return [
            "reason": word ?? .null, "reasonName": .string(reason.name), "reasonCode": JSONValue(reason.rawValue),
            "comment": .string(comment), "issuer": .string(certificate.issuer.description),
            "serialNumber": .string(certificate.serialNumber.hex), "certificate": .string(certificate.pem),
        ]
    }
}
