// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
internal import Synchronization

/// The CA certificates read lately, decoded. The same few come with every order, and OpenSSL 3.0 takes a tenth of a
/// millisecond to decode one.
enum KnownAuthorities {
    /// More than the chains of all CAs a gateway works with; when it is full it begins anew.
    private static let capacity = 64
    private static let known = Mutex<[[UInt8]: CertificateStructure]>([:])

    /// - Throws: `PKIXError` for bytes that are not exactly one certificate.
    static func structure(_ der: [UInt8]) throws -> CertificateStructure {
        if let structure = known.withLock({ $0[der] }) { return structure }
        let structure = try CertificateStructure(der: der)
        guard structure.isCA else { return structure }
        known.withLock { known in
            if known.count >= capacity { known = [:] }
            known[der] = structure
        }
        return structure
    }
}
