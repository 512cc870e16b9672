// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// A CA as a name and a key, for which others make as many certificates as they like.
struct PathCA {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    let name: String
    let key: PrivateKey

    init(_ name: String, key: PrivateKey? = nil) throws {
        self.name = name
        self.key = try key ?? .generate(.p256)
    }

    typealias Change = (inout CertificateBuilder) -> Void

    private func builder(_ profile: CertificateProfile, _ change: Change) throws -> CertificateBuilder {
        var builder = CertificateBuilder(
            profile: profile, subject: [("CN", name)], publicKey: try key.publicKey, notBefore: Self.now - 86_400,
            notAfter: Self.now + 86_400 * 365)
        builder.pathLengthConstraint = nil
        change(&builder)
        return builder
    }

    func root(_ change: Change = { _ in }) throws -> Certificate {
        try builder(.rootAuthority, change).selfSigned(key: key)
    }

    /// A certificate of this CA by another one.
    ///
    /// - Parameter certificate: any certificate of the issuer.
    func certified(
        by issuer: PathCA, _ certificate: Certificate, _ change: Change = { _ in }
    ) throws -> Certificate {
        try builder(.issuingAuthority, change).signed(by: certificate, key: issuer.key)
    }

    /// A leaf of this CA.
    func leaf(
        _ certificate: Certificate, _ profile: CertificateProfile = .smime, key leafKey: PrivateKey? = nil,
        _ change: Change = { _ in }
    ) throws -> Certificate {
        try PathCA("Kate", key: leafKey).builder(profile, change).signed(by: certificate, key: key)
    }

    static func policy(_ anchors: [Certificate], _ purposes: Set<KeyPurpose> = []) -> PathPolicy {
        PathPolicy(trustAnchors: anchors, at: now, purposes: purposes)
    }
}

/// DER of one value.
func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    let length: [UInt8] =
        count < 0x80
        ? [UInt8(count)]
        : count < 0x100
            ? [0x81, UInt8(count)]
            : count < 0x10000
                ? [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
                : [0x83, UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
    return [tag] + length + content
}
