// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Store

/// Number and checksum of the rows of a table, the same for the same rows on every engine.
struct StoreDigest: Sendable, Equatable {
    private(set) var rows: Int64 = 0
    /// SHA-256 over the digest before and the row, row by row in the order of the key.
    private(set) var sum = [UInt8](repeating: 0, count: 32)

    var text: String { sum.hex }

    mutating func add(_ row: [SQLValue], of table: StoreTable) throws(StoreError) {
        var bytes = sum
        for (value, column) in zip(row, table.columns) {
            switch (value, column.kind) {
            case (.null, _): bytes.append(0)
            case (.integer(let number), .integer):
                bytes.append(1)
                Self.append(UInt64(bitPattern: number), to: &bytes)
            case (.text(let text), .text): Self.append(2, Array(text.utf8), to: &bytes)
            case (.blob(let blob), .blob): Self.append(3, blob, to: &bytes)
            default:
                throw StoreError(
                    .corrupt, "column \(column.name) of \(table.name) holds something else than \(column.kind.rawValue)"
                )
            }
        }
        sum = DigestAlgorithm.sha256.digest(bytes)
        rows += 1
    }

    private static func append(_ kind: UInt8, _ content: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(kind)
        append(UInt64(content.count), to: &bytes)
        bytes += content
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
    }
}
