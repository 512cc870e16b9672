// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Polling and collecting in all formats (wire/sectigo-scm.md section 7).
struct SectigoCollectEndpoint: Sendable {
    let account: SectigoAccount

    var routes: [Route] { SectigoAccount.twins("collect", "GET", "/collect/{order}") { try collect($0) } }

    private func collect(_ call: Call) throws -> Reply {
        let format = call.request.query("format") ?? "base64"
        guard let order = account.book.poll(call["order"]) else { throw SectigoError.unknownOrder }
        switch order.status {
        case .pending:
            // "Not yet" is a 400, mostly this one.
            throw order.polls % 3 == 0
                ? SectigoError.reply(-1400, "Your request is being processed by Sectigo.")
                : SectigoError.reply(-183, "Certificate is not collectable.")
        case .rejected, .cancelled:
            throw SectigoError.reply(-169, "The certificate is not available. Please contact your administrator.")
        case .revoked: throw SectigoError.reply(-192, "The Certificate has been revoked!")
        case .issued, .expired: break
        }
        guard let leaf = order.certificate else { throw SectigoError.reply(-109, "Certificate is not available now.") }
        let (bytes, suffix) = try encode(leaf, order.chain, format)
        let name = (order.application.emails.first ?? "certificate").map { $0.isLetter || $0.isNumber ? $0 : "_" }
        return .bytes(bytes, type: "application/octet-stream")
            .adding("Content-Disposition", "attachment; filename=\"\(String(name)).\(suffix)\"")
    }

    private func encode(_ leaf: Certificate, _ chain: [Certificate], _ format: String) throws -> ([UInt8], String) {
        let pem = { (certificates: [Certificate]) in Array(certificates.map(\.pem).joined().utf8) }
        return switch format {
        case "x509", "pem": (pem([leaf] + chain), "pem")
        case "x509CO", "pemco": (pem([leaf]), "pem")
        case "x509IO": (pem(chain.reversed()), "pem")
        case "x509IOR": (pem(chain), "pem")
        case "x509R": (pem(chain.reversed() + [leaf]), "pem")
        case "pemia": (pem([leaf] + chain.prefix(1)), "pem")
        case "base64": (Array(try CertsOnlyMessage.encodePEM([leaf] + chain).utf8), "p7b")
        case "bin": (try CertsOnlyMessage.encode([leaf] + chain), "p7b")
        default: throw SectigoError.reply(-1450, "Unsupported certificate format '\(format)'.")
        }
    }
}
