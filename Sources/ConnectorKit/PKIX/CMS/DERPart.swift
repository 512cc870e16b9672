// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// One value of a DER encoding and where it stands, read by OpenSSL; for parts of standard objects that it has and does not give.
struct DERPart {
    let tag: Int32
    let form: Int32
    /// With its header.
    let whole: Range<Int>
    let content: Range<Int>

    init(whole der: [UInt8]) throws { try self.init(in: der, at: 0..<der.count) }

    private init(in der: [UInt8], at range: Range<Int>) throws {
        var (length, tag, kind) = (0, Int32(0), Int32(0))
        let header = try der.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress.map { $0 + range.lowerBound }
            let start = next
            let form = ASN1_get_object(&next, &length, &tag, &kind, range.count)
            // 0x80: not readable; an odd form: of indefinite length, which DER does not have.
            guard form & 0x81 == 0, let next, let start else {
                throw PKIXError.fromQueue(.malformed, "a part is not DER")
            }
            return (form, next - start)
        }
        (self.tag, form) = (tag, header.0 | kind)
        content = range.lowerBound + header.1..<range.lowerBound + header.1 + length
        whole = range.lowerBound..<content.upperBound
    }

    var isSet: Bool { tag == V_ASN1_SET && isUniversal }
    var isSequence: Bool { tag == V_ASN1_SEQUENCE && isUniversal }
    var isOctetString: Bool { tag == V_ASN1_OCTET_STRING && isUniversal }
    private var isUniversal: Bool { form & V_ASN1_PRIVATE == V_ASN1_UNIVERSAL }

    /// What it consists of; empty for a single value.
    func children(in der: [UInt8]) throws -> [DERPart] {
        guard form & V_ASN1_CONSTRUCTED != 0 else { return [] }
        var parts: [DERPart] = []
        var at = content.lowerBound
        while at < content.upperBound {
            let part = try DERPart(in: der, at: at..<content.upperBound)
            parts.append(part)
            at = part.whole.upperBound
        }
        return parts
    }
}
