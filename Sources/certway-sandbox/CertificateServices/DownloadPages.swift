// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import PKIX

/// `certnew.cer`, `certnew.p7b` and `certcrl.crl`: certificates, chains and lists (wire/adcs-http.md section 5).
struct DownloadPages: Sendable {
    let services: CertificateServices
    let check: AccountCheck

    var routes: [Route] {
        [
            Route("adcs.certificate", "GET", "/certsrv/certnew.cer") { try certificate($0) },
            Route("adcs.chain", "GET", "/certsrv/certnew.p7b") { try chain($0) },
            Route("adcs.crl", "GET", "/certsrv/certcrl.crl") { try list($0) },
        ]
    }

    private func certificate(_ call: Call) throws -> Reply {
        let account = try check.account(of: call.request, in: services.domain, services.server.switches)
        if let authority = try authority(call) {
            return file(authority.issuing.der, call, "CERTIFICATE", "application/pkix-cert")
        }
        switch outcome(call, account) {
        case .page(let reply): return reply
        case .issued(_, let certificate):
            return file(certificate.der, call, "CERTIFICATE", "application/pkix-cert")
        }
    }

    private func chain(_ call: Call) throws -> Reply {
        let account = try check.account(of: call.request, in: services.domain, services.server.switches)
        // The armour says CERTIFICATE although PKCS #7 is inside.
        let type = "application/x-pkcs7-certificates"
        if let authority = try authority(call) {
            let chain = services.server.switches.disobeys(.missingIntermediate) ? [authority.root] : authority.chain
            return file(try CertsOnlyMessage.encode(chain), call, "CERTIFICATE", type)
        }
        switch outcome(call, account) {
        case .page(let reply): return reply
        case .issued(let order, let certificate):
            return file(try CertsOnlyMessage.encode(order.chain.reversed() + [certificate]), call, "CERTIFICATE", type)
        }
    }

    private func list(_ call: Call) throws -> Reply {
        _ = try check.account(of: call.request, in: services.domain, services.server.switches)
        let generation =
            CertificateServices.query("Renewal", of: call).flatMap(Int.init) ?? CertificateServices.newestGeneration
        guard CertificateServices.query("Type", of: call)?.lowercased() == "base",
            let authority = services.authority(generation: generation)
        else { return services.pages.retrieveError(services.pages.language.propertyEmpty, .propertyEmpty) }
        return file(try authority.revocationList.der, call, "X509 CRL", "application/pkix-crl")
    }

    private func outcome(_ call: Call, _ account: WindowsAccount) -> RequestStatus.Outcome {
        if services.settings.isServiceDown { return .page(services.pages.retrieveError("", .serverUnavailable)) }
        let id = CertificateServices.query("ReqID", of: call).flatMap(Int.init) ?? -1
        return RequestStatus(services: services).outcome(of: id, for: account)
    }

    /// The generation of the CA that `ReqID=CACert` asks for; nil when a request is asked for.
    private func authority(_ call: Call) throws(Reply) -> IssuingAuthority? {
        guard CertificateServices.query("ReqID", of: call)?.lowercased() == "cacert" else { return nil }
        let generation =
            CertificateServices.query("Renewal", of: call).flatMap(Int.init) ?? CertificateServices.newestGeneration
        guard let authority = services.authority(generation: generation) else {
            throw services.pages.retrieveError(services.pages.language.propertyEmpty, .propertyEmpty)
        }
        return authority
    }

    /// DER or PEM with CRLF, as `Enc` says. Clients that are no browsers get another type.
    private func file(_ der: [UInt8], _ call: Call, _ label: String, _ type: String) -> Reply {
        let isBrowser = call.request.header("User-Agent")?.contains("Mozilla") == true
        let isBinary = CertificateServices.query("Enc", of: call)?.lowercased() == "bin"
        let text = PEM.encode(der, label: label).replacingOccurrences(of: "\n", with: "\r\n")
        return .bytes(isBinary ? der : Array(text.utf8), type: isBrowser ? type : "application/octet-stream")
    }
}
