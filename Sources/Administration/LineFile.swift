// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Settings

/// A file that is read line by line, whatever its size.
struct LineFile {
    /// Longer lines are refused.
    private static let longest = 16 << 20

    private let path: String
    private let file: FileHandle
    private var rest = Data()

    /// - Throws: `SettingsError` for one that cannot be read.
    init(path: String) throws(SettingsError) {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw SettingsError("\(path) cannot be read", at: .commandLine)
        }
        (self.path, self.file) = (path, file)
    }

    /// The next lines, at most so many; none at the end. Empty ones are left out.
    ///
    /// - Throws: `SettingsError` for a line that is too long, or no text.
    mutating func next(_ limit: Int) throws(SettingsError) -> [String] {
        var lines: [String] = []
        while lines.count < limit {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = rest[..<end]
                rest = rest[rest.index(after: end)...]
                if !line.isEmpty { lines.append(try text(line)) }
                continue
            }
            guard rest.count <= Self.longest else { throw SettingsError("\(path) has no lines", at: .commandLine) }
            let more: Data?
            do { more = try file.read(upToCount: 1 << 20) } catch {
                throw SettingsError("\(path) cannot be read", at: .commandLine)
            }
            guard let more, !more.isEmpty else {
                if !rest.isEmpty { lines.append(try text(rest)) }
                rest = Data()
                return lines
            }
            rest = Data(rest) + more
        }
        return lines
    }

    private func text(_ bytes: Data) throws(SettingsError) -> String {
        guard let text = String(data: bytes, encoding: .utf8) else {
            throw SettingsError("\(path) \(ForeignText(bytes).sentence)", at: .commandLine)
        }
        return text
    }
}
