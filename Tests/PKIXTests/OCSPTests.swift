// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import TestSupport
import Testing

/// Questions and answers of RFC 6960, with openssl on the other side.
@Suite struct OCSPTests {
    private let authority: TestAuthority
    private let leaf: Certificate
    private let responder: OCSPResponder

    init() throws {
        authority = try TestAuthority()
        leaf = try authority.issue(.smime, [("CN", "Gone")], PrivateKey.generate(.p256).publicKey)
        responder = OCSPResponder(issuer: authority.certificate, key: authority.key)
    }

    private func answer(_ status: OCSPStatus, to exchange: OCSPExchange) throws -> [UInt8] {
        try responder.answer(exchange.request, at: authority.now, nextUpdate: authority.now + 60) {
            $0 == leaf.serialNumber ? status : .unknown
        }
    }

    @Test func whatIsAnsweredIsRead() throws {
        let revoked = OCSPStatus.revoked(at: authority.now - 10, reasonCode: 1)
        for status in [.good, .unknown, revoked, .revoked(at: authority.now - 10, reasonCode: nil)] {
            let exchange = try OCSPExchange(about: leaf, issuer: authority.certificate)
            #expect(try exchange.status(in: answer(status, to: exchange), at: authority.now) == status)
        }
    }

    @Test func whatProvesNothingIsRefused() throws {
        let exchange = try OCSPExchange(about: leaf, issuer: authority.certificate)
        let good = try answer(.good, to: exchange)
        // Out of date, of the future, to another question, damaged.
        #expect(throws: PKIXError(.unacceptable, "")) { try exchange.status(in: good, at: authority.now + 3600) }
        #expect(throws: PKIXError(.unacceptable, "")) { try exchange.status(in: good, at: authority.now - 3600) }
        let other = try OCSPExchange(about: leaf, issuer: authority.certificate)
        #expect(throws: PKIXError(.unacceptable, "")) { try other.status(in: good, at: authority.now) }
        // In what is signed: what follows may be a certificate that came along.
        let serial = leaf.serialNumber.bytes
        let place = try #require(
            (0...good.count - serial.count).first { Array(good[$0..<$0 + serial.count]) == serial })
        var damaged = good
        damaged[place + serial.count - 1] ^= 1
        #expect(throws: PKIXError.self) { try exchange.status(in: damaged, at: authority.now) }
        #expect(throws: PKIXError(.malformed, "")) { try exchange.status(in: [], at: authority.now) }
        // By another key, under the same name.
        let key = try PrivateKey.generate(.p256)
        let stranger = try OCSPResponder(
            issuer: CertificateBuilder(
                profile: .rootAuthority, subject: authority.certificate.subject, publicKey: key.publicKey,
                notBefore: authority.now - 60, notAfter: authority.now + 3600
            ).selfSigned(key: key), key: key)
        #expect(throws: PKIXError.self) {
            try exchange.status(
                in: stranger.answer(exchange.request, at: authority.now, nextUpdate: authority.now + 60) { _ in .good },
                at: authority.now)
        }
        // Not ours to answer, and no question.
        let foreign = try OCSPExchange(about: authority.certificate, issuer: authority.root)
        #expect(throws: PKIXError(.unacceptable, "")) {
            try foreign.status(in: answer(.good, to: foreign), at: authority.now)
        }
        #expect(throws: PKIXError(.unacceptable, "")) {
            try exchange.status(
                in: responder.answer([1, 2], at: authority.now, nextUpdate: authority.now) { _ in .good },
                at: authority.now)
        }
    }

    /// openssl asks ours and reads ours, and answers what we ask.
    @Test func opensslUnderstandsBoth() async throws {
        let directory = try TemporaryDirectory()
        let issuer = try directory.write(authority.certificate.pem, "issuer.pem")
        let trusted = try directory.write(authority.root.pem + authority.certificate.pem, "ca.pem")
        let certificate = try directory.write(leaf.pem, "leaf.pem")
        let key = try directory.write(authority.key.pem().revealed, "ca.key")
        let exchange = try OCSPExchange(about: leaf, issuer: authority.certificate)
        let request = try directory.write(exchange.request, "request.der")
        let read = try await Tool.openssl("ocsp", "-reqin", request, "-req_text")
        #expect(read.contains(leaf.serialNumber.hex), "\(read)")
        let answer = try directory.write(
            answer(.revoked(at: authority.now - 10, reasonCode: 1), to: exchange), "answer.der")
        let judged = try await Tool.openssl(
            "ocsp", "-respin", answer, "-issuer", issuer, "-cert", certificate, "-CAfile", trusted, "-no_nonce")
        #expect(judged.contains("revoked") && judged.contains("keyCompromise"), "\(judged)")
        // Its index of a CA: revoked, ten seconds ago, keyCompromise.
        let stamp = "260101000000Z"
        let index = try directory.write(
            "R\t301231235959Z\t\(stamp),keyCompromise\t\(leaf.serialNumber.hex)\tunknown\t/CN=Gone\n", "index.txt")
        let theirs = directory.path + "/theirs.der"
        _ = try await Tool.openssl(
            "ocsp", "-index", index, "-CA", issuer, "-rsigner", issuer, "-rkey", key, "-reqin", request, "-respout",
            theirs, "-ndays", "1")
        let status = try exchange.status(in: Array(Data(contentsOf: URL(fileURLWithPath: theirs))), at: Date())
        #expect(status == .revoked(at: Date(timeIntervalSince1970: 1_767_225_600), reasonCode: 1), "\(status)")
    }
}
