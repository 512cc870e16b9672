// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
internal import Synchronization

/// The certificates read lately, decoded. The same few of CAs come with every order, each of the others is looked at several
/// times on its way, and OpenSSL 3.0 takes a tenth of a millisecond to decode one.
enum CertificateCache {
    /// More than the chains of all CAs a gateway works with; when it is full it begins anew.
    private static let capacity = 64
    private static let authorities = Mutex<[[UInt8]: CertificateStructure]>([:])
    /// Of their own, because they are many and would drive out the CAs.
    private static let others = Mutex<[[UInt8]: CertificateStructure]>([:])

    /// - Throws: `PKIXError` for bytes that are not exactly one certificate.
    static func structure(_ der: [UInt8]) throws -> CertificateStructure {
        if let structure = authorities.withLock({ $0[der] }) ?? others.withLock({ $0[der] }) { return structure }
        let structure = try CertificateStructure(der: der)
        if structure.isCA {
            authorities.withLock { note(structure, der, in: &$0) }
        } else {
            others.withLock { note(structure, der, in: &$0) }
        }
        return structure
    }

    private static func note(
        _ structure: CertificateStructure, _ der: [UInt8], in known: inout [[UInt8]: CertificateStructure]
    ) {
        if known.count >= capacity { known = [:] }
        known[der] = structure
    }
}
