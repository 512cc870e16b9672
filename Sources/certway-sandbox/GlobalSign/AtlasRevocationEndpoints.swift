// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Revoking, with a reason and in the older way without (wire/globalsign-atlas.md section 7).
struct AtlasRevocationEndpoints: Sendable {
    private static let reasons = [
        "unspecified": 0, "keyCompromise": 1, "affiliationChanged": 3, "superseded": 4, "cessationOfOperation": 5,
        "privilegeWithdrawn": 9,
    ]

    let account: AtlasAccount

    var routes: [Route] {
        [
            Route("atlas.revoke", "PATCH", "/v2/certificates/{serial}") { try revoke($0) },
            Route("atlas.delete", "DELETE", "/v2/certificates/{serial}") { try revoke($0["serial"], reason: 0) },
        ]
    }

    private func revoke(_ call: Call) throws -> Reply {
        let body = try call.atlasBody()
        var problems: [String: String] = [:]
        for name in body.keys
        where !["revocation_reason", "revocation_time", "key_compromise_attestation"].contains(name) {
            problems[name] = "unknown field"
        }
        let reason = body["revocation_reason"]?.string.flatMap { Self.reasons[$0] }
        if reason == nil { problems["revocation_reason"] = "not a known reason" }
        let time = body["revocation_time"].flatMap { $0.isEmptyValue ? nil : $0 }
        if let time, time.int == nil { problems["revocation_time"] = "not a number of seconds" }
        if let pem = body["key_compromise_attestation"], !pem.isEmptyValue, !attests(pem, call["serial"]) {
            problems["key_compromise_attestation"] = "is not a request signed by the compromised key"
        }
        guard problems.isEmpty, let reason else { throw AtlasError.policy(problems) }
        let seconds = time?.int ?? 0
        return try revoke(
            call["serial"], reason: reason, at: seconds == 0 ? nil : Date(timeIntervalSince1970: TimeInterval(seconds)))
    }

    private func revoke(_ text: String, reason: Int, at date: Date? = nil) throws -> Reply {
        do {
            // By the id of the order, which is the serial number that was given out.
            guard let order = account.book.order(id: try AtlasSerial.id(text)) else { throw OrderProblem.unknown }
            _ = try account.book.revoke(order.serialNumber, reason: reason, date: date)
            return .empty()
        } catch let problem as OrderProblem {
            throw AtlasError.problem(problem, verb: "revoke")
        }
    }

    private func attests(_ pem: JSONValue, _ serial: String) -> Bool {
        guard let text = pem.string, let csr = try? CertificateSigningRequest(pem: text),
            (try? csr.verifySignature()) != nil, let id = try? AtlasSerial.id(serial),
            let certificate = account.book.order(id: id)?.certificate
        else { return false }
        return (try? csr.publicKey == certificate.publicKey) == true
    }
}
