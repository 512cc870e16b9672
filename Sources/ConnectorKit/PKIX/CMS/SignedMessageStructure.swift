// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
internal import Synchronization

/// What OpenSSL has read of a signed message; most of the time of reading one goes into the certificates in it, so it is kept.
///
/// Nothing changes it but a verification, which notes the signers' certificates in it: that one has it for itself, which makes sharing
/// safe.
final class SignedMessageStructure: @unchecked Sendable {
    /// For reading only.
    let pointer: OpaquePointer
    private let verification = Mutex<Void>(())

    init(_ encoded: [UInt8]) throws {
        ERR_clear_error()
        let message = try decodeBER(
            encoded, as: "CMS message", { d2i_CMS_ContentInfo(nil, $0, $1) }, free: { CMS_ContentInfo_free($0) })
        let type = CMS_get0_type(message)
        guard OBJ_obj2nid(type) == NID_pkcs7_signed, CMS_get0_eContentType(message) != nil else {
            defer { CMS_ContentInfo_free(message) }
            throw PKIXError(.malformed, "expected CMS SignedData, found content type \(dotted(type))")
        }
        pointer = message
    }

    deinit { CMS_ContentInfo_free(pointer) }

    /// One verification after the other; each says anew whose certificates it goes by.
    func verifying<Result>(_ body: (OpaquePointer) throws -> Result) rethrows -> Result {
        try verification.withLock { _ in try body(pointer) }
    }
}
