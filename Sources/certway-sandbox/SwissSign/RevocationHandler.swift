// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// Revokes, holds and releases (wire/cmc.md section 6).
struct RevocationHandler: Sendable {
    let book: OrderBook
    let settings: SwissSignSwitches

    private static let removeFromCRL = 8

    func revoke(_ request: CMCRevokeRequest, bodyPart: UInt32, to result: inout CMCResult) {
        do throws(CMCRefusal) {
            try revoke(request)
            result.statuses.append(CMCStatus(.success, bodyList: [.id(bodyPart)]))
        } catch {
            result.statuses.append(error.status(of: bodyPart))
        }
    }

    private func revoke(_ request: CMCRevokeRequest) throws(CMCRefusal) {
        let serial = request.certificate.serialNumber
        if let adopted = settings.adoptedCertificate, IssuerAndSerialNumber(adopted) == request.certificate { return }
        // The issuer counts byte for byte, string types included.
        guard let certificate = book.order(serial: serial)?.certificate,
            IssuerAndSerialNumber(certificate).issuer == request.certificate.issuer
        else { throw CMCRefusal(.badCertId, "unknown certificate") }
        do {
            switch request.reason {
            case Self.removeFromCRL: _ = try book.release(serial)
            case 0...6, 9, 10: _ = try book.revoke(serial, reason: request.reason)
            default: throw CMCRefusal(.badRequest, "\(request.reason) is not a revocation reason")
            }
        } catch let refusal as CMCRefusal {
            throw refusal
        } catch let problem as OrderProblem where problem == .alreadyRevoked && !settings.revokedTwiceFails {
            return
        } catch {
            throw CMCRefusal(.badCertId, "the certificate cannot be revoked so")
        }
    }
}
