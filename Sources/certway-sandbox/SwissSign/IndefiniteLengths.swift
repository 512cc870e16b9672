// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// Writes a SignedData as Java servers stream it: indefinite lengths outside, and the content in pieces (wire/cmc.md
/// section 2). OpenSSL writes DER from memory; what is signed stays as it is.
enum IndefiniteLengths {
    /// - Returns: nil for something that is no ContentInfo.
    static func rewrite(_ der: [UInt8]) -> [UInt8]? {
        guard let outer = DERElement.sequence(der)?.first?.children, outer.count == 2,
            let signedData = outer[1].children?.first?.children
        else { return nil }
        let parts = signedData.map { part -> [UInt8] in
            // encapContentInfo is the only SEQUENCE among the members.
            guard part.tag == 0x30, let info = part.children, info.count == 2,
                let content = info[1].children?.first?.content
            else { return part.der }
            let pieces = stride(from: 0, to: content.count, by: 100).flatMap {
                DERElement(tag: 0x04, content: Array(content[$0..<min($0 + 100, content.count)])).der
            }
            return open(0x30, info[0].der + open(0xA0, open(0x24, pieces)))
        }
        return open(0x30, outer[0].der + open(0xA0, open(0x30, parts.flatMap(\.self))))
    }

    private static func open(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag, 0x80] + content + [0, 0] }
}
