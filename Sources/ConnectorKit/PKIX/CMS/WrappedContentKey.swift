// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Secrets

/// The content key of an envelope as one recipient has it: encrypted, and where it stands. What opens it may be elsewhere, such as in
/// a vault that never gives its private key away (wire/key-vault.md section 6).
public struct WrappedContentKey: Sendable, Hashable {
    /// How it is encrypted.
    public enum Algorithm: String, Sendable, Hashable {
        /// RSAES-OAEP, SHA-256 for label and MGF1 alike, no label (RFC 4055 §4.1).
        case oaepSHA256 = "RSA-OAEP-256"
        /// The same with SHA-1, which is what an empty parameter means.
        case oaepSHA1 = "RSA-OAEP"
    }

    public let algorithm: Algorithm
    public let encryptedKey: [UInt8]
    /// Where `encryptedKey` stands in the envelope.
    let range: Range<Int>

    /// - Parameters:
    ///   - der: the envelope.
    ///   - certificate: the recipient's.
    /// - Throws: `PKIXError.cannotOpen` when it is no recipient; `unacceptable` for a recipient on a curve, and for other algorithms.
    public init(in der: [UInt8], for certificate: Certificate) throws {
        guard try certificate.publicKey.isRSA else {
            throw PKIXError(
                .unacceptable,
                "\(certificate.subject) has a key on a curve, and what opens keys elsewhere does RSA only")
        }
        let wanted = IssuerAndSerialNumber(certificate)
        // ContentInfo, [0], AuthEnvelopedData: version, perhaps [0] originatorInfo, SET of recipients (RFC 5083 §2.1).
        let root = try DERPart(whole: der)
        let content = try root.children(in: der).dropFirst().first.map { try $0.children(in: der) }?.first
        let set = try content.map { try $0.children(in: der) }?.first { $0.isSet }
        for recipient in try set?.children(in: der) ?? [] where recipient.isSequence {
            // KeyTransRecipientInfo: version, rid, algorithm, encrypted key (RFC 5652 §6.2.1).
            let parts = try recipient.children(in: der)
            guard parts.count == 4, parts[1].isSequence, parts[3].isOctetString,
                try IssuerAndSerialNumber(der: Array(der[parts[1].whole])) == wanted
            else { continue }
            algorithm = try Self.algorithm(Array(der[parts[2].whole]))
            range = parts[3].content
            encryptedKey = Array(der[range])
            return
        }
        throw PKIXError(.cannotOpen, "the envelope is not for \(certificate.subject)")
    }

    private static func algorithm(_ der: [UInt8]) throws -> Algorithm {
        let identifier = try decodeBER(
            der, as: "algorithm", { d2i_X509_ALGOR(nil, $0, $1) }, free: { X509_ALGOR_free($0) })
        defer { X509_ALGOR_free(identifier) }
        let refusal = PKIXError(
            .unacceptable, "the content key is encrypted by another algorithm than RSAES-OAEP with SHA-256 or SHA-1")
        guard OBJ_obj2nid(identifier.pointee.algorithm) == NID_rsaesOaep else { throw refusal }
        guard let parameter = identifier.pointee.parameter, parameter.pointee.type == V_ASN1_SEQUENCE else {
            return .oaepSHA1
        }
        let encoded = octets(parameter.pointee.value.sequence)
        let oaep = try decodeBER(
            encoded, as: "OAEP parameters", { d2i_RSA_OAEP_PARAMS(nil, $0, $1) }, free: { RSA_OAEP_PARAMS_free($0) })
        defer { RSA_OAEP_PARAMS_free(oaep) }
        guard oaep.pointee.pSourceFunc == nil else { throw refusal }
        let hash = oaep.pointee.hashFunc.map { OBJ_obj2nid($0.pointee.algorithm) } ?? NID_sha1
        switch (hash, try maskHash(oaep.pointee.maskGenFunc)) {
        case (NID_sha256, NID_sha256): return .oaepSHA256
        case (NID_sha1, NID_sha1): return .oaepSHA1
        default: throw refusal
        }
    }

    private static func maskHash(_ function: UnsafeMutablePointer<X509_ALGOR>?) throws -> Int32 {
        guard let function else { return NID_sha1 }
        guard OBJ_obj2nid(function.pointee.algorithm) == NID_mgf1, let parameter = function.pointee.parameter,
            parameter.pointee.type == V_ASN1_SEQUENCE
        else { return NID_undef }
        let hash = try decodeBER(
            octets(parameter.pointee.value.sequence), as: "mask hash", { d2i_X509_ALGOR(nil, $0, $1) },
            free: { X509_ALGOR_free($0) })
        defer { X509_ALGOR_free(hash) }
        return OBJ_obj2nid(hash.pointee.algorithm)
    }

    /// The envelope with the content key encrypted for another key of the same size: whoever has opened it elsewhere goes on here as
    /// if that key were the recipient's.
    ///
    /// - Parameters:
    ///   - contentKey: what opening gave.
    ///   - standIn: a key of this process, RSA of as many bits as the recipient's.
    /// - Throws: `PKIXError.cannotOpen` for a content key of a length that AES does not have; `unacceptable` for a stand-in of another size.
    public func replaced(in der: [UInt8], with contentKey: Secret, for standIn: PublicKey) throws -> [UInt8] {
        guard [16, 24, 32].contains(contentKey.count) else {
            throw PKIXError(.cannotOpen, "what was opened has \(contentKey.count) bytes, which is no content key")
        }
        let hash: DigestAlgorithm = algorithm == .oaepSHA256 ? .sha256 : .sha1
        let bytes = try standIn.encryptOAEP(contentKey, hash: hash)
        guard bytes.count == range.count else {
            throw PKIXError(.unacceptable, "the key that stands in has another size than the recipient's")
        }
        var der = der
        der.replaceSubrange(range, with: bytes)
        return der
    }
}
