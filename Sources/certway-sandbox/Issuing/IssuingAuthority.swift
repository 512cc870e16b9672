// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Synchronization

/// A test root and the CAs below it, which sign for real and publish what they revoked.
///
/// The lies about certificates, chain and revocation that `switches` asks for are told here, so every CA has them.
final class IssuingAuthority: Sendable {
    private struct Authority: Sendable {
        /// The last part of the URLs of its CRL and certificate.
        let file: String
        let certificate: Certificate
        let key: PrivateKey
    }

    private struct Revocations {
        var entries: [SerialNumber: CertificateRevocationList.Entry] = [:]
        var number = 1
        /// nil after a change, until somebody fetches the list.
        var current: CertificateRevocationList?
    }

    let switches: CASwitches
    private let name: String
    private let clock: SandboxClock
    private let url: String
    private let keyType: KeyType
    /// Root first, the first issuing CA last.
    private let authorities: [Authority]
    /// Issuing CAs, the one that signs last; one more whenever `switches` asks for another.
    private let issuers: Mutex<[Authority]>
    /// By the file of the issuing CA.
    private let revocations = Mutex<[String: Revocations]>([:])
    /// The last certificates signed, for lies that need another person's.
    private let recent = Mutex<[Certificate]>([])
    private let foreign = Mutex<IssuingAuthority?>(nil)
    /// Of these the responder knows that they exist.
    private let issued = Mutex<Set<SerialNumber>>([])
    private let hasResponder: Bool

    /// - Parameters:
    ///   - name: in the names of the CAs.
    ///   - url: `http://127.0.0.1:…` under which `routes` are served.
    ///   - keyType: of all its keys; P-256 does not slow down whoever measures against the sandbox.
    ///   - intermediates: CAs between the root and a leaf, the issuing one included; one at least.
    ///   - hasResponder: whether it answers by OCSP, too, and its certificates say so.
    init(
        name: String, url: String, clock: SandboxClock, switches: CASwitches = CASwitches(), keyType: KeyType = .p256,
        intermediates: Int = 1, hasResponder: Bool = true
    ) throws {
        self.switches = switches
        self.hasResponder = hasResponder
        self.name = name
        self.clock = clock
        self.url = url
        self.keyType = keyType
        let start = clock.now.addingTimeInterval(-86_400)
        let rootKey = try PrivateKey.generate(keyType)
        let root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("C", "DE"), ("O", "\(name) Sandbox"), ("CN", "\(name) Test Root")],
            publicKey: try rootKey.publicKey, notBefore: start, notAfter: start.addingTimeInterval(20 * 365 * 86_400)
        ).selfSigned(key: rootKey)
        var authorities = [Authority(file: "root", certificate: root, key: rootKey)]
        for below in (0..<max(1, intermediates)).reversed() {
            let parent = authorities[authorities.count - 1]
            authorities.append(
                try Self.make(
                    below == 0 ? "Issuing CA" : "Intermediate CA \(below)",
                    file: below == 0 ? "issuing" : "intermediate\(below)", below: below, parent, keyType, name, url,
                    start))
        }
        self.authorities = authorities
        issuers = Mutex([authorities[authorities.count - 1]])
    }

    private static func make(
        _ role: String, file: String, below: Int, _ parent: Authority, _ keyType: KeyType, _ name: String,
        _ url: String,
        _ start: Date
    ) throws -> Authority {
        let key = try PrivateKey.generate(keyType)
        var builder = CertificateBuilder(
            profile: .issuingAuthority,
            subject: [("C", "DE"), ("O", "\(name) Sandbox"), ("CN", "\(name) Test \(role)")],
            publicKey: try key.publicKey, notBefore: start, notAfter: start.addingTimeInterval(10 * 365 * 86_400))
        builder.pathLengthConstraint = below
        builder.crlDistributionPoints = ["\(url)/crl/\(parent.file).crl"]
        builder.caIssuersURLs = ["\(url)/ca/\(parent.file).cer"]
        return Authority(
            file: file, certificate: try builder.signed(by: parent.certificate, key: parent.key), key: key)
    }

    var root: Certificate { authorities[0].certificate }
    var issuing: Certificate { issuer.certificate }

    /// The issuing CA that signs now: a new one as soon as `switches` says so.
    private var issuer: Authority {
        issuers.withLock { issuers in
            while issuers.count < switches.issuers {
                let number = issuers.count + 1
                let made = try? Self.make(
                    "Issuing CA \(number)", file: "issuing\(number)", below: 0, authorities[authorities.count - 2],
                    keyType, name, url, clock.now.addingTimeInterval(-3600))
                guard let made else { break }
                issuers.append(made)
            }
            return issuers[issuers.count - 1]
        }
    }

    /// Whether it is one of the CA's own issuing certificates, of now or of before.
    func isIssuing(_ certificate: Certificate) -> Bool {
        issuers.withLock { $0.contains { $0.certificate == certificate } }
    }

    /// The issuing CA that signed a certificate.
    private func issuer(of certificate: Certificate) -> Authority {
        let issuer = issuer
        return issuers.withLock { $0.last { $0.certificate.subject == certificate.issuer } } ?? issuer
    }

    /// Issuing CA first, root last: what follows a leaf.
    var chain: [Certificate] { [issuing] + authorities.dropLast().reversed().map(\.certificate) }

    /// What is said to follow a certificate signed here.
    func chain(of certificate: Certificate) -> [Certificate] {
        if let foreign = foreign.withLock({ $0 }), certificate.issuer == foreign.issuing.subject {
            return foreign.chain
        }
        if switches.disobeys(.missingIntermediate) { return [root] }
        return [issuer(of: certificate).certificate] + authorities.dropLast().reversed().map(\.certificate)
    }

    /// Signs a certificate after adding where its revocation is published.
    func sign(_ builder: CertificateBuilder) throws -> Certificate {
        var builder = builder
        let issuer = issuer
        builder.crlDistributionPoints = ["\(url)/crl/\(issuer.file).crl"]
        builder.caIssuersURLs = ["\(url)/ca/\(issuer.file).cer"]
        if hasResponder { builder.ocspURLs = ["\(url)/ocsp/\(issuer.file)"] }
        try FalseCertificate(switches: switches, now: clock.now).change(&builder)
        let key = builder.publicKey
        if switches.disobeys(.otherPersonsCertificate) {
            let other = recent.withLock { $0.last { (try? $0.publicKey) != key } }
            if let other { return other }
            builder = try FalseCertificate.ofSomebodyElse(builder)
        }
        let certificate =
            switches.disobeys(.foreignRoot)
            ? try foreignAuthority().sign(builder) : try builder.signed(by: issuer.certificate, key: issuer.key)
        recent.withLock { $0 = $0.suffix(7) + [certificate] }
        issued.withLock { _ = $0.insert(certificate.serialNumber) }
        return certificate
    }

    /// Has the issuing CA revoke a certificate.
    ///
    /// - Parameter reasonCode: RFC 5280 section 5.3.1.
    func revoke(_ certificate: Certificate, reasonCode: Int, at date: Date? = nil) {
        guard !switches.disobeys(.revocationUnpublished) else { return }
        var serial = certificate.serialNumber
        if switches.disobeys(.revokesAnother) {
            let revoked = revocations.withLock { Set($0.values.flatMap(\.entries.keys)) }
            let others = recent.withLock { $0 }.map(\.serialNumber).filter { $0 != serial && !revoked.contains($0) }
            serial = others.last ?? .random()
        }
        let reason = switches.disobeys(.wrongRevocationReason) ? (reasonCode == 1 ? 5 : 1) : reasonCode
        let entry = CertificateRevocationList.Entry(
            serialNumber: serial, revocationDate: date ?? clock.now, reasonCode: reason)
        let file = issuer(of: certificate).file
        revocations.withLock {
            $0[file, default: Revocations()].entries[serial] = entry
            $0[file]?.current = nil
        }
    }

    /// Takes a certificate off the list again, after a hold.
    func release(_ certificate: Certificate) {
        let file = issuer(of: certificate).file
        revocations.withLock {
            $0[file]?.entries[certificate.serialNumber] = nil
            $0[file]?.current = nil
        }
    }

    /// CRLs and CA certificates, where the certificates say they are.
    var routes: [Route] {
        authorities.flatMap { authority in
            [
                Route("crl.\(authority.file)", "GET", "/crl/\(authority.file).crl") { _ in
                    .bytes(try self.list(of: authority).der, type: "application/pkix-crl")
                },
                Route("ca.\(authority.file)", "GET", "/ca/\(authority.file).cer") { _ in
                    .bytes(authority.certificate.der, type: "application/pkix-cert")
                },
            ]
        } + [
            Route("crl.later", "GET", "/crl/{file}") { call in
                .bytes(try self.list(of: try self.issuer(named: call["file"])).der, type: "application/pkix-crl")
            },
            Route("ca.later", "GET", "/ca/{file}") { call in
                .bytes(try self.issuer(named: call["file"]).certificate.der, type: "application/pkix-cert")
            },
        ] + (hasResponder ? responderRoutes : [])
    }

    /// RFC 6960 appendix A: by POST, or by GET where the question is short.
    private var responderRoutes: [Route] {
        [
            Route("ocsp.post", "POST", "/ocsp/{issuer}", subject: { _ in "" }) { call in
                try self.answer(call.request.body, for: try self.issuer(named: call["issuer"]))
            },
            Route("ocsp.get", "GET", "/ocsp/{issuer}/{request}") { call in
                try self.answer(
                    Data(base64Encoded: call["request"]).map { Array($0) } ?? [],
                    for: try self.issuer(named: call["issuer"]))
            },
        ]
    }

    /// An issuing CA by the file of its list or certificate, with or without what follows the dot.
    private func issuer(named file: String) throws -> Authority {
        let name = file.prefix { $0 != "." }
        guard let found = issuers.withLock({ $0.first { $0.file == name } }) else {
            throw ControlError.reply("there is no \(file)", status: 404)
        }
        return found
    }

    private func answer(_ question: [UInt8], for issuer: Authority) throws -> Reply {
        let now = clock.now
        let entries = revocations.withLock { $0[issuer.file]?.entries ?? [:] }
        let known = issued.withLock { $0 }
        let answer = try OCSPResponder(issuer: issuer.certificate, key: issuer.key).answer(
            question, at: now, nextUpdate: now.addingTimeInterval(86_400)
        ) { serial in
            guard let entry = entries[serial] else { return known.contains(serial) ? .good : .unknown }
            return .revoked(
                at: entry.revocationDate, reasonCode: entry.reasonCode == 0 ? nil : entry.reasonCode)
        }
        return .bytes(answer, type: "application/ocsp-response")
    }

    /// The issuing CA's present CRL.
    var revocationList: CertificateRevocationList { get throws { try list(of: issuer) } }

    private func list(of authority: Authority) throws -> CertificateRevocationList {
        let now = clock.now
        guard issuers.withLock({ $0.contains { $0.file == authority.file } }) else {
            return try CertificateRevocationList.make(
                issuer: authority.certificate, key: authority.key, number: 1, thisUpdate: now,
                nextUpdate: now.addingTimeInterval(30 * 86_400), entries: [])
        }
        return try revocations.withLock { all in
            var revocations = all[authority.file] ?? Revocations()
            if let current = revocations.current, abs(current.thisUpdate.timeIntervalSince(now)) < 3600 {
                return current
            }
            revocations.number += 1
            let made = try CertificateRevocationList.make(
                issuer: authority.certificate, key: authority.key, number: revocations.number, thisUpdate: now,
                nextUpdate: now.addingTimeInterval(7 * 86_400), entries: Array(revocations.entries.values))
            revocations.current = made
            all[authority.file] = revocations
            return made
        }
    }

    private func foreignAuthority() throws -> IssuingAuthority {
        try foreign.withLock { foreign in
            if let foreign { return foreign }
            let made = try IssuingAuthority(name: "Foreign \(name)", url: url, clock: clock)
            foreign = made
            return made
        }
    }
}
