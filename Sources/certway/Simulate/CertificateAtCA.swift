// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX

/// A certificate as the records of its CA have it.
struct CertificateAtCA {
    let ca: String
    let order: String
    let reference: String
    let certificate: Certificate
    /// Whether the CA's own record says so.
    let isRevoked: Bool
    /// As the record has it: a number, or the CA's word.
    let reason: JSONValue?
    /// Number of the person it is for; nil for nobody that the world knows.
    var person: Int?
    /// Number of the shared mailbox it is for.
    var mailbox: Int?

    var thumbprint: String { certificate.sha1Fingerprint.lowercased() }
    var serial: String { certificate.serialNumber.hex }
    var addresses: Set<String> { Set(certificate.emailAddresses.map { $0.lowercased() }) }
    var start: Date { certificate.notBefore }

    /// What its key may do, in the words of a template.
    var purpose: CertificatePurpose {
        let usage = certificate.keyUsage
        let signs = usage?.contains(.digitalSignature) == true
        let encrypts = usage?.contains(.keyEncipherment) == true || usage?.contains(.keyAgreement) == true
        return signs && encrypts ? .smime : encrypts ? .smimeEncryption : .smimeSigning
    }

    /// Whether somebody's mail may be encrypted to it.
    var encrypts: Bool { purpose != .smimeSigning }

    func isValid(at date: Date) -> Bool { !isRevoked && certificate.isValid(at: date) }

    /// Every certificate of every CA in the records, oldest first.
    static func all(_ records: JSONValue) throws -> [CertificateAtCA] {
        var found: [CertificateAtCA] = []
        for (name, ca) in records["cas"]?.object ?? [:] {
            for order in ca["orders"]?.array ?? [] {
                for entry in order["certificates"]?.array ?? [] {
                    guard let pem = entry["pem"]?.string else { continue }
                    found.append(
                        CertificateAtCA(
                            ca: name, order: order["id"]?.identifier ?? "",
                            reference: order["reference"]?.string ?? "", certificate: try Certificate(pem: pem),
                            isRevoked: entry["revoked"]?.bool == true, reason: entry["reason"]))
                }
            }
        }
        return found.sorted { ($0.start, $0.serial) < ($1.start, $1.serial) }
    }
}
