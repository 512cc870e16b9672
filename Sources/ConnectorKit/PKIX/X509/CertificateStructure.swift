// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Owns one decoded X509.
final class CertificateStructure: Sendable {
    // Only read after init; what OpenSSL caches inside, it guards by locks of its own.
    nonisolated(unsafe) let pointer: OpaquePointer

    init(der: [UInt8]) throws {
        pointer = try decodeDER(der, as: "certificate", { d2i_X509(nil, $0, $1) }, free: { X509_free($0) })
    }

    deinit { X509_free(pointer) }

    var isCA: Bool { X509_check_ca(pointer) > 0 }
}
