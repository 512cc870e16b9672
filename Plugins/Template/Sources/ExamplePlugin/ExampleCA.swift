// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Secrets

/// Stands for the CA behind your protocol: signs with the CA of a folder and remembers by reference what it signed.
struct ExampleCA: Sendable {
    let folder: String
    let issuing: Certificate
    private let key: PrivateKey

    init(folder: String) throws {
        self.folder = folder
        do {
            issuing = try Certificate(pem: String(contentsOfFile: "\(folder)/issuing.pem", encoding: .utf8))
            key = try PrivateKey(pem: Secret(Data(contentsOf: URL(filePath: "\(folder)/issuing.key"))))
            try FileManager.default.createDirectory(atPath: "\(folder)/example", withIntermediateDirectories: true)
        } catch {
            throw ConnectorError(
                .configuration, "\(folder) is no CA: \(error.localizedDescription); make one with certway ca create")
        }
    }

    /// A certificate that nobody has seen yet.
    func sign(_ request: CertificateRequest, days: Int, now: Date) throws -> Certificate {
        do {
            return try CertificateBuilder(
                profile: CertificateProfile(request.purpose), subject: request.names.distinguishedName,
                publicKey: try request.csr.publicKey, alternativeNames: request.names.alternativeNames,
                notBefore: now - 60, notAfter: min(now + Double(days) * 86_400, issuing.notAfter)
            ).signed(by: issuing, key: key)
        } catch {
            throw ConnectorError(.refused, "the names cannot be certified: \(error)")
        }
    }

    /// Makes a signed certificate the one of its reference.
    func record(_ leaf: Certificate, reference: String) throws -> IssuedCertificate {
        do {
            // Only one of two who sign at the same time may have signed this reference: the file is made or it is not.
            try Data(leaf.pem.utf8).write(to: file(reference), options: .withoutOverwriting)
        } catch CocoaError.fileWriteFileExists {
            return try certificate(reference: reference) ?? issued(leaf)
        } catch {
            throw ConnectorError(.outcomeUnknown, "the certificate was signed and not stored: \(error)")
        }
        return issued(leaf)
    }

    /// nil when nothing was ordered under the reference.
    func certificate(reference: String) throws -> IssuedCertificate? {
        guard FileManager.default.fileExists(atPath: file(reference).path) else { return nil }
        do {
            return issued(try Certificate(pem: String(contentsOf: file(reference), encoding: .utf8)))
        } catch {
            throw ConnectorError(.configuration, "\(file(reference).path) cannot be read: \(error)")
        }
    }

    private func issued(_ leaf: Certificate) -> IssuedCertificate {
        IssuedCertificate(certificateChain: [leaf, issuing], order: CAOrder(caRequestID: leaf.serialNumber.hex))
    }

    /// The host's references are letters, digits and hyphens.
    private func file(_ reference: String) -> URL { URL(filePath: "\(folder)/example/\(reference).pem") }
}
