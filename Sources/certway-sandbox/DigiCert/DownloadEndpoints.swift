// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Fetching issued certificates (wire/digicert-certcentral.md section 8).
struct DownloadEndpoints: Sendable {
    let account: DigiCertAccount

    var routes: [Route] {
        let v2 = "/services/v2/certificate"
        return [
            Route("digicert.downloadByOrder", "GET", "\(v2)/download/order/{order}") { try byOrder($0, "pem_all") },
            Route("digicert.downloadByOrder", "GET", "\(v2)/download/order/{order}/format/{format}") {
                try byOrder($0, $0["format"])
            },
            Route("digicert.download", "GET", "\(v2)/{certificate}/download/format/{format}") { call in
                try account.read { try answer(try find(call, $0), call["format"]) }
            },
            Route("digicert.download", "GET", "\(v2)/{certificate}/download/platform/{platform}") { call in
                // 29 is the platform that gives pem_all.
                try account.read { try answer(try find(call, $0), call["platform"] == "29" ? "pem_all" : "default") }
            },
            Route("digicert.chain", "GET", "\(v2)/{certificate}/chain") { call in
                try account.read { state in
                    let leaf = try find(call, state)
                    return .json([
                        "intermediates": OrderJSON.chain([leaf] + account.authority.chain(of: leaf).dropLast())
                    ])
                }
            },
        ]
    }

    private func find(_ call: Call, _ state: DigiCertState) throws(Reply) -> Certificate {
        guard let found = state.certificate(call["certificate"]) else { throw DigiCertError.notFound("certificate") }
        return found.certificate
    }

    private func byOrder(_ call: Call, _ format: String) throws -> Reply {
        try account.read { state in
            guard let order = state.order(call["order"]) else { throw DigiCertError.notFound("order") }
            guard let id = order.activeCertificateID, let active = state.certificates[id] else {
                throw DigiCertError.notFound("certificate")
            }
            return try answer(active.certificate, format)
        }
    }

    private func answer(_ leaf: Certificate, _ format: String) throws -> Reply {
        let chain = account.authority.chain(of: leaf)
        let pem = { (certificates: [Certificate]) in
            Reply.text(certificates.map { OrderJSON.crlf($0.pem) }.joined(), type: "application/x-pem-file")
        }
        switch format {
        case "pem_all": return pem([leaf] + chain)
        case "pem_noroot": return pem([leaf] + chain.dropLast())
        case "pem_nointermediate": return pem([leaf])
        case "p7b", "cer":
            // PEM text, not DER.
            return .text(
                try CertsOnlyMessage.encodePEM([leaf] + chain), type: "application/x-pkcs7-certificates")
        default:
            throw DigiCertError.invalid("format", "The sandbox has no '\(format)'; the ZIP formats are left out.")
        }
    }
}
