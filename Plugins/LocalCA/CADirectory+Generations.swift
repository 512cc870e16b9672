// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

extension CADirectory {
    /// The keys of the issuing CA, from 1; one is there when its certificate is.
    func generations() throws -> [Int] {
        try names(in: "").compactMap { name -> Int? in
            if name == "issuing.pem" { return 1 }
            guard name.hasPrefix("issuing-"), name.hasSuffix(".pem") else { return nil }
            return Int(name.dropFirst(8).dropLast(4)).flatMap { $0 > 1 ? $0 : nil }
        }.sorted()
    }

    /// Changes when something does that an authority is made of.
    var stamp: [String] {
        stamp(
            of: ((try? names(in: "")) ?? []).filter {
                ($0.hasPrefix("issuing") && !$0.hasSuffix(".crl") && !$0.hasSuffix(".cer")) || $0 == "root.pem"
                    || $0 == "root.crl" || $0 == "retired"
            })
    }

    /// Changes when something is signed or recorded, too.
    var recordStamp: [String] {
        stamp + stamp(of: ((try? names(in: "")) ?? []).filter { $0.hasSuffix(".crl") } + ["orders"])
    }

    private func stamp(of parts: [String]) -> [String] {
        parts.map { name in
            var status = stat()
            guard stat(file(name), &status) == 0 else { return name }
            return "\(name) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        }
    }

    /// Nobody else may read the keys of the issuing CA, or change what certificates are made of and recorded in.
    ///
    /// - Throws: `ConnectorError` of kind `configuration` with the command that mends it.
    func requireTrust() throws {
        let names = (try? names(in: "")) ?? []
        let files = names.filter { $0.hasSuffix(".pem") || $0.hasSuffix(".crl") || $0 == "retired" }
        let keys = names.filter { $0.hasPrefix("issuing") && $0.hasSuffix(".key") }
        do throws(DistrustedPath) {
            for name in Self.folders + files { try TrustedPath.ofThisProcess.check(file(name), as: .shared) }
            for name in keys { try TrustedPath.ofThisProcess.check(file(name), as: .ownFile) }
        } catch {
            throw ConnectorError(.configuration, error.message)
        }
    }

    func exists(_ name: String) -> Bool { access(file(name), F_OK) == 0 }

    /// The certificate in a PEM file.
    ///
    /// - Throws: `ConnectorError` of kind `configuration` that names the file.
    func certificate(_ name: String) throws -> Certificate {
        guard let text = try read(name) else { throw missing(name) }
        do {
            return try Certificate(pem: String(decoding: text, as: UTF8.self))
        } catch {
            throw ConnectorError(.configuration, "\(file(name)): \(error)")
        }
    }

    /// The CRL in a file; nil when there is none.
    ///
    /// - Throws: `ConnectorError` of kind `configuration` for one that cannot be read or is not the issuer's.
    func crl(_ name: String, of issuer: Certificate) throws -> CertificateRevocationList? {
        guard let der = try read(name) else { return nil }
        do {
            let crl = try CertificateRevocationList(der: der)
            try crl.verifySignature(by: issuer)
            return crl
        } catch {
            throw ConnectorError(.configuration, "\(file(name)): \(error); restore it from a copy")
        }
    }

    func missing(_ name: String) -> ConnectorError {
        let next =
            exists("issuing.pem") ? "restore it from a copy" : "there is no CA in this folder yet; make one first"
        return ConnectorError(.configuration, "\(file(name)) is missing; \(next)")
    }

    /// A certificate that the root has given the issuing CA, in force or before.
    func authorityCertificate(_ serialNumber: SerialNumber) throws -> Certificate? {
        let names = try generations().map { IssuingCA.name($0) + ".pem" } + ["certificates/\(serialNumber.hex).pem"]
        return try names.filter(exists).map(certificate).first { $0.serialNumber == serialNumber }
    }
}
