// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import YAMLDocuments

/// The text of a profile file.
enum ProfileText {
    /// - Throws: `Diagnostics` with one sentence on why the file cannot be read.
    static func read(_ path: String) throws(Diagnostics) -> String {
        var isFolder: ObjCBool = false
        func problem(_ message: String, line: Int? = nil, column: Int? = nil, hint: String) -> Diagnostics {
            Diagnostics([Diagnostic(file: path, line: line, column: column, message: message, hint: hint)])
        }
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw problem("there is no such file", hint: "check the path")
        }
        guard !isFolder.boolValue else {
            throw problem("is a folder, a profile file is needed", hint: "name the files in it: \(path)/*.yaml")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw problem("cannot be read by this user", hint: "check the mode of the file and its owner")
        }
        if let text = String(data: data, encoding: .utf8) { return text }
        let (line, column) = firstForeign(in: data)
        throw problem(
            "not UTF-8 text: another encoding, such as Latin-1, begins here", line: line, column: column,
            hint: "save it as UTF-8, for example with iconv -f latin1 -t utf8")
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
