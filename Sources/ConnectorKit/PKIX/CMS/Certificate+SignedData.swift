// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension Certificate {
    /// The certificates of a SignedData, usually one without signers (RFC 5652 §5.1), the form of `.p7b` files; in no
    /// order.
    public static func all(pkcs7 der: [UInt8]) throws -> [Certificate] {
        // OpenSSL decodes every certificate of a message it reads, and takes a tenth of a millisecond for each, though the CAs among
        // them are known.
        guard let certificates = certificates(inside: der) else { return try SignedMessage(der).certificates }
        return try certificates.map { try Certificate(der: Array($0)) }
    }

    /// Where the certificates lie in ContentInfo with SignedData (RFC 5652 §3 and §5.1); nil where it is BER, or has another form,
    /// which OpenSSL shall read or refuse.
    private static func certificates(inside der: [UInt8]) -> [ArraySlice<UInt8>]? {
        guard der.first == 0x30, DEREncoding.isOne(der), let info = DEREncoding.parts(of: der[...]), info.count == 2,
            info[0].elementsEqual(signedData), info[1].first == 0xA0,
            let message = DEREncoding.parts(of: info[1]), message.count == 1, message[0].first == 0x30,
            let fields = DEREncoding.parts(of: message[0]),
            // version, digestAlgorithms, encapContentInfo, certificates, perhaps crls, signerInfos
            [[0x02, 0x31, 0x30, 0xA0, 0x31], [0x02, 0x31, 0x30, 0xA0, 0xA1, 0x31]].contains(fields.map { $0.first }),
            DEREncoding.parts(of: fields[2])?.first?.first == 0x06, let found = DEREncoding.parts(of: fields[3]),
            found.allSatisfy({ $0.first == 0x30 })
        else { return nil }
        return found
    }

    /// The object identifier id-signedData in DER.
    private static let signedData: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]
}
