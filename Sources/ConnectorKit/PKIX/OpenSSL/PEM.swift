// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Textual encoding of standard objects (RFC 7468).
public enum PEM {
    /// One block of a text: its label, such as `CERTIFICATE`, and the DER inside.
    public struct Block: Sendable, Hashable {
        public let label: String
        public let der: [UInt8]
    }

    /// Every block of `text`, in order; text between blocks is skipped, CRLF line ends and a byte order mark are fine.
    ///
    /// - Throws: `PKIXError.malformed` when a block is begun but broken.
    public static func blocks(_ text: [UInt8]) throws -> [Block] {
        let body = Array(text.withoutByteOrderMark)
        return try body.withUnsafeBytes { bytes in
            try withReadBIO(bytes) { bio in
                var blocks: [Block] = []
                while true {
                    var label: UnsafeMutablePointer<CChar>?
                    var header: UnsafeMutablePointer<CChar>?
                    var data: UnsafeMutablePointer<UInt8>?
                    var count = 0
                    ERR_clear_error()
                    guard PEM_read_bio(bio, &label, &header, &data, &count) == 1 else {
                        // Running out of blocks is how the reader says that it has reached the end.
                        guard ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE else {
                            throw PKIXError.fromQueue(.malformed, "PEM block \(blocks.count + 1) is broken")
                        }
                        ERR_clear_error()
                        return blocks
                    }
                    defer {
                        CRYPTO_free(label, nil, 0)
                        CRYPTO_free(header, nil, 0)
                        CRYPTO_clear_free(data, count, nil, 0)
                    }
                    let der = Array(UnsafeBufferPointer(start: data, count: count))
                    blocks.append(Block(label: label.map { String(cString: $0) } ?? "", der: der))
                }
            }
        }
    }

    /// The DER of the first block with one of `labels`.
    static func first(_ text: String, labels: [String]) throws -> [UInt8] {
        let blocks = try blocks(Array(text.utf8))
        guard let block = blocks.first(where: { labels.contains($0.label) }) else {
            let found = blocks.isEmpty ? "no PEM block" : "only " + blocks.map(\.label).joined(separator: ", ")
            throw PKIXError(.malformed, "expected a PEM block \(labels[0]), found \(found)")
        }
        return block.der
    }

    /// `der` as PEM with lines of 64 characters and a line feed at the end.
    public static func encode(_ der: [UInt8], label: String) -> String {
        // Fails only for lack of memory, where Swift itself stops the process.
        let bytes = try? collect { bio in try require(PEM_write_bio(bio, label, "", der, der.count)) }
        return String(decoding: bytes ?? [], as: UTF8.self)
    }
}

extension [UInt8] {
    /// The bytes after a UTF-8 byte order mark, which Windows tools put before PEM.
    var withoutByteOrderMark: ArraySlice<UInt8> { starts(with: [0xEF, 0xBB, 0xBF]) ? dropFirst(3) : self[...] }
}
