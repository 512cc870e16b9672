// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// What a file is that should be UTF-8 text and is not, and what to do about it.
public struct ForeignText: Sendable {
    public let message: String
    /// Where the first bytes stand that are no UTF-8; nil where the whole file is meant.
    public let line: Int?
    public let column: Int?
    public let hint: String

    /// - Parameter data: no UTF-8.
    public init(_ data: Data) {
        // The marks that editors of Windows put before what they call Unicode (RFC 2781 section 3.2).
        if data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) {
            message = "not UTF-8 text but UTF-16, which Windows calls Unicode"
            (line, column) = (nil, nil)
            hint = "save it as UTF-8, for example with iconv -f utf16 -t utf8"
            return
        }
        message = "not UTF-8 text: another encoding, such as Latin-1, begins here"
        let place = Self.firstForeign(in: data)
        (line, column) = (place.line, place.column)
        hint = "save it as UTF-8, for example with iconv -f latin1 -t utf8"
    }

    /// In one sentence, behind the name of the file.
    public var sentence: String {
        let place = line.map { ", line \($0)" + (column.map { ", column \($0)" } ?? "") } ?? ""
        return "is \(message)\(place) (\(hint))"
    }

    /// Line and column of the first bytes that are no UTF-8.
    private static func firstForeign(in data: Data) -> (line: Int, column: Int) {
        var lines = 1
        for line in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            guard String(data: line, encoding: .utf8) != nil else {
                // A decoder puts this mark where bytes fit no character.
                let before = String(decoding: line, as: UTF8.self).prefix { $0 != "\u{FFFD}" }
                return (lines, before.count + 1)
            }
            lines += 1
        }
        return (lines, 1)
    }
}
