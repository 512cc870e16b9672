// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Secrets

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
        try text.withUnsafeBytes { try blocks(in: $0) }
    }

    /// The blocks that hold nothing private, in order. Those that do, whatever is in them, are passed over and not copied.
    ///
    /// - Throws: as `blocks`.
    public static func publicBlocks(_ text: Secret) throws -> [Block] {
        try text.withBytes { bytes in
            var (found, rest) = ([Block](), bytes[...])
            while let key = privateBlock(in: rest) {
                found += try blocks(in: UnsafeRawBufferPointer(rebasing: rest[..<key.lowerBound]))
                rest = rest[key.upperBound...]
            }
            return try found + blocks(in: UnsafeRawBufferPointer(rebasing: rest))
        }
    }

    /// From the line that begins a block with a private key to the one that ends it, or to the end of the text.
    private static func privateBlock(in bytes: Slice<UnsafeRawBufferPointer>) -> Range<Int>? {
        var start: Int?
        var line = bytes.startIndex
        while line < bytes.endIndex {
            let end = bytes[line...].firstIndex(of: 0x0A) ?? bytes.endIndex
            let next = min(end + 1, bytes.endIndex)
            // Only these lines are looked at as text: they say what a block is.
            if let boundary = boundary(bytes[line..<end]), boundary.label.hasSuffix("PRIVATE KEY") {
                if boundary.isBegin { start = start ?? line } else if let start { return start..<next }
            }
            line = next
        }
        return start.map { $0..<bytes.endIndex }
    }

    private static func boundary(_ line: Slice<UnsafeRawBufferPointer>) -> (isBegin: Bool, label: String)? {
        let (begin, end) = (Array("-----BEGIN ".utf8), Array("-----END ".utf8))
        // A byte order mark may stand before the first one.
        let line = line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line
        let isBegin = line.starts(with: begin)
        guard isBegin || line.starts(with: end) else { return nil }
        let label = line.dropFirst(isBegin ? begin.count : end.count).prefix { $0 != UInt8(ascii: "-") }
        return (isBegin, String(decoding: label, as: UTF8.self))
    }

    private static func blocks(in text: UnsafeRawBufferPointer) throws -> [Block] {
        let isMarked = text.starts(with: [0xEF, 0xBB, 0xBF])
        return try withReadBIO(UnsafeRawBufferPointer(rebasing: text.dropFirst(isMarked ? 3 : 0))) { bio in
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
